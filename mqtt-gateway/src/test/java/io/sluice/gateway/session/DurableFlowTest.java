package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliverySource.RetainedMatch;
import io.sluice.gateway.session.DeliverySource.SubscribeRequest;
import io.sluice.gateway.session.DeliverySource.UnsubscribeRequest;
import io.sluice.gateway.session.SessionJournal.AttachTerms;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupId;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.ReuseCounts;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection of a durable session, between the index, the tail and the client. */
class DurableFlowTest {

    private static final PacketIdRanges RANGES = new PacketIdRanges(1, PacketIdRanges.DEFAULT_ASSIGNED);

    private final RecordingConnection client = new RecordingConnection();
    private final ManualJournal journal = new ManualJournal();
    private final Session session = new Session(
            "client",
            0,
            client,
            new SessionLimits(1, 10, 10_000, false, 1),
            new QueuedBytes(10_000),
            new ManualSink(),
            new Mailbox<>(Runnable::run, Publication::complete, () -> {}),
            new GatewayMetrics(new SimpleMeterRegistry()));

    @BeforeEach
    void attach() {
        session.makeDurable(1, RANGES, journal, new NoTail(), new AttachTerms(false, 60, 5, 60, "127.0.0.1:1", null));
        journal.confirmations.get(0).accept(3);
        session.told(firstPage());
        assertThat(client.take()).containsExactly("ATTACHED false");
        session.joined();
    }

    private Fanout.Page firstPage() {
        return new Fanout.Page(
                "client",
                "gateway",
                3,
                journal.requests.get(0),
                false,
                1,
                List.of(),
                List.of(),
                new long[1],
                true,
                List.of(),
                new ReuseCounts(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new long[1],
                0);
    }

    @Test
    void sendsWhatIsRetainedHoweverSoonTheLogHasTheSubscription() {
        Subscription subscription = new Subscription(new TopicFilter("t/#"), Qos.AT_LEAST_ONCE, false, false, 0, 0);
        SubscribeRequest request =
                new SubscribeRequest(1, new byte[1], null, List.of(subscription), new boolean[] {true});

        session.subscribedOnTail(
                request, new long[] {5}, List.of(new RetainedMatch(subscription, List.of(message("t/1", "kept")))));

        assertThat(client.take()).containsExactly("SUBACK 1", "PUBLISH kept qos1 retain id" + RANGES.firstAssigned());
    }

    private static PublishRecord message(String topic, String payload) {
        return PublishRecord.outgoing(
                topic.getBytes(StandardCharsets.UTF_8),
                payload.getBytes(StandardCharsets.UTF_8),
                Qos.AT_LEAST_ONCE,
                true,
                null,
                PublishProperties.NONE);
    }

    /** Of the tail, which the test plays itself. */
    private static final class NoTail implements DeliverySource {

        @Override
        public void subscribe(Session session, SubscribeRequest request) {}

        @Override
        public void unsubscribe(Session session, UnsubscribeRequest request) {}

        @Override
        public void remove(Session session) {}

        @Override
        public void leaveTail(Session session) {}

        @Override
        public void rejoin(Session session, List<Fanout.Shared> shared) {}

        @Override
        public boolean hasRoomFor(GroupId group) {
            return true;
        }

        @Override
        public void join(Session session, SessionFilters filters, long[] from) {}

        @Override
        public void publishLocally(PublishRecord message) {}

        @Override
        public long reached(int partition) {
            return 0;
        }

        @Override
        public RetainedUse retainedUse() {
            return new RetainedUse(0, 0);
        }
    }
}
