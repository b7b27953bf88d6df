package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.Normative;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.Connection;
import io.sluice.gateway.session.DeliveryTarget;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Mailbox;
import io.sluice.gateway.session.Publication;
import io.sluice.gateway.session.PublicationSink;
import io.sluice.gateway.session.QueuedBytes;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionLimits;
import io.sluice.gateway.session.Subscription;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubscriptionIndexTest {

    private final GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    private final SubscriptionIndex index = new SubscriptionIndex(2);

    /** Notes what is delivered as {@code qos retain [identifiers]}. */
    private static final class Client implements Connection {
        private final List<String> received = new ArrayList<>();

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public boolean publish(
                PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again) {
            int[] sorted = identifiers.clone();
            Arrays.sort(sorted);
            received.add(qos.level() + " " + retain + " " + Arrays.toString(sorted));
            return true;
        }

        @Override
        public void acknowledge(Qos qos, int packetId, PublicationSink.Refusal refusal) {}

        @Override
        public void suback(int packetId, byte[] reasons, String detail) {}

        @Override
        public void unsuback(int packetId, byte[] reasons, String detail) {}

        @Override
        public void pubrel(int packetId) {}

        @Override
        public void pubcomp(int packetId) {}

        @Override
        public void attached(boolean present) {}

        @Override
        public void resumeReading() {}

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void end(EndReason reason, String detail) {}
    }

    private Session session(String id, int lane, Client client) {
        return new Session(
                id,
                lane,
                client,
                new SessionLimits(100, 100, 1_000, false, 100),
                new QueuedBytes(1_000_000),
                null,
                new Mailbox<>(Runnable::run, Publication::complete, () -> {}),
                metrics);
    }

    private static Subscription subscription(String filter, int qos, int identifier) {
        return new Subscription(new TopicFilter(filter), Qos.of(qos), false, false, 0, identifier);
    }

    private static Subscription noLocal(String filter, int qos, int identifier) {
        return new Subscription(new TopicFilter(filter), Qos.of(qos), true, false, 0, identifier);
    }

    private void publish(String topic, int qos, boolean retain, String publisher) {
        PublishRecord message = new PublishRecord(
                topic.getBytes(StandardCharsets.UTF_8),
                new byte[] {1},
                Qos.of(qos),
                retain,
                publisher.getBytes(StandardCharsets.UTF_8),
                PublishProperties.NONE,
                0,
                0,
                0);
        for (DeliveryTarget[] lane : index.targets(message.topic())) {
            for (DeliveryTarget target : lane) {
                target.deliver(message);
            }
        }
    }

    @Test
    @Normative({"MQTT-3.3.4-2", "MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT311-3.3.5-1"})
    void mergesOverlappingFiltersToTheHighestQosWithAllIdentifiers() {
        Client client = new Client();
        Session session = session("c", 0, client);
        index.add(session, subscription("a/#", 0, 7));
        index.add(session, subscription("a/+", 2, 8));
        index.add(session, subscription("b", 1, 9));

        publish("a/x", 1, false, "other");
        assertThat(client.received).containsExactly("1 false [7, 8]");
    }

    @Test
    @Normative("MQTT-3.8.3-3")
    void leavesOutTheOwnMessagesOfNoLocalSubscriptionsOnly() {
        Client client = new Client();
        Session session = session("c", 1, client);
        index.add(session, noLocal("a/#", 2, 7));
        publish("a/x", 2, false, "c");
        assertThat(client.received).isEmpty();

        index.add(session, subscription("a/+", 1, 8));
        publish("a/x", 2, false, "c");
        publish("a/x", 2, false, "other");
        assertThat(client.received).containsExactly("1 false [8]", "2 false [7, 8]");
    }

    @Test
    @Normative({"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void handsOnTheRetainFlagOnlyIfTheSubscriptionAsksForIt() {
        Client plain = new Client();
        Client asPublished = new Client();
        index.add(session("p", 0, plain), subscription("a", 0, 0));
        index.add(session("r", 0, asPublished), new Subscription(new TopicFilter("a"), Qos.of(0), false, true, 0, 0));
        publish("a", 0, true, "other");
        publish("a", 0, false, "other");

        assertThat(plain.received).containsExactly("0 false []", "0 false []");
        assertThat(asPublished.received).containsExactly("0 true []", "0 false []");
    }

    @Test
    @Normative("MQTT-3.8.4-3")
    void replacesASubscriptionToTheSameFilter() {
        Client client = new Client();
        Session session = session("c", 0, client);
        index.add(session, subscription("a", 0, 1));
        publish("a", 2, false, "other");
        index.add(session, subscription("a", 2, 2));
        publish("a", 2, false, "other");

        assertThat(client.received).containsExactly("0 false [1]", "2 false [2]");
    }

    @Test
    void forgetsASessionWithAllItsFilters() {
        Client client = new Client();
        Session session = session("c", 0, client);
        index.add(session, subscription("a", 0, 0));
        index.add(session, subscription("#", 0, 0));
        publish("a", 0, false, "other");
        index.remove(session, new TopicFilter("a"));
        publish("a", 0, false, "other");
        index.remove(session);
        publish("a", 0, false, "other");

        assertThat(client.received).hasSize(2);
    }

    /** "Aa" and "BB" have the same hash, and so have all topics that are made of them. */
    @Test
    void topicsThatAreChosenToHaveOneHashCostNoMoreThanOthers() {
        Client client = new Client();
        index.add(session("c", 0, client), subscription("#", 0, 0));
        assertTimeout(Duration.ofSeconds(5), () -> {
            for (int round = 0; round < 2; round++) {
                for (int number = 0; number < 40_000; number++) {
                    publish(colliding(number), 0, false, "hostile");
                }
            }
        });
        assertThat(client.received).hasSize(80_000);
    }

    private static String colliding(int number) {
        StringBuilder topic = new StringBuilder();
        for (int bit = 0; bit < 16; bit++) {
            topic.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return topic.toString();
    }
}
