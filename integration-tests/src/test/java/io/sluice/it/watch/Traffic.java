package io.sluice.it.watch;

import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Something of everything that a cluster can be asked for, until it is closed: all QoS, what is retained, shared subscriptions,
 * a durable session that is away and one that comes back, a client that breaks the rules, wills.
 */
final class Traffic implements AutoCloseable {

    private static final Version V5 = Version.MQTT_5;
    private static final String DURABLE = "watched";
    private static final int LAST_ID = 60_000;
    private static final Duration POLL = Duration.ofMillis(20);

    private final List<MqttProbe> subscribers = new ArrayList<>();
    private final MqttProbe publisher = MqttProbe.open(Cluster.first(), V5);
    private final Thread thread = new Thread(this::publish, "traffic");
    private volatile boolean closing;

    private Traffic() {
        publisher.connect(Connect.of(V5));
        durable();
        ruleBreaker();
        subscriber("watch/#");
        subscriber("$share/watchers/watch/#");
        thread.start();
    }

    static Traffic start() {
        return new Traffic();
    }

    private void subscriber(String filter) {
        MqttProbe probe = MqttProbe.open(Cluster.second(), V5);
        subscribers.add(probe);
        probe.connect(Connect.of(V5).will("watch/will", "gone", 1, false));
        probe.subscribe(filter, 2);
    }

    /** Its queue grows while it is away. */
    private static void durable() {
        try (MqttProbe probe = MqttProbe.open(Cluster.first(), V5)) {
            probe.connect(Connect.of(V5).clientId(DURABLE).clean(false).with(Property.SESSION_EXPIRY_INTERVAL, 600));
            probe.subscribe("watch/#", 1);
        }
    }

    private static void endDurable() {
        try (MqttProbe probe = MqttProbe.open(Cluster.first(), V5)) {
            probe.connect(Connect.of(V5).clientId(DURABLE));
        }
    }

    private static void ruleBreaker() {
        try (MqttProbe probe = MqttProbe.open(Cluster.first(), V5)) {
            probe.connect(Connect.of(V5));
            probe.send(Pub.to("watch/+", "x"));
            probe.expectDisconnect(Reason.TOPIC_NAME_INVALID);
        }
    }

    private void publish() {
        for (int id = 1; !closing && id < LAST_ID; id += 2) {
            publisher.publish(Pub.to("watch/0", "at most once"), 0);
            publisher.publish(Pub.to("watch/1", "at least once").retain().qos1(id), id);
            publisher.publish(Pub.to("watch/2", "exactly once").qos2(id + 1), id + 1);
            for (MqttProbe subscriber : subscribers) {
                ServerPacket packet = subscriber.poll(POLL);
                while (packet != null) {
                    if (packet instanceof ServerPacket.Publish message) {
                        subscriber.acknowledge(message);
                    }
                    packet = subscriber.poll(POLL);
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        thread.join();
        subscribers.forEach(MqttProbe::close);
        publisher.publish(Pub.to("watch/1", "").retain().qos1(LAST_ID), LAST_ID);
        publisher.close();
        endDurable();
    }
}
