package io.sluice.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A well-behaved publisher and its subscriber on the gateway under attack. They exchange numbered messages at every QoS all
 * the while, and remember the first thing that was not as it should be: a message lost, repeated or out of order, or the end
 * of a connection; and for how long nothing came.
 */
final class Witness implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Witness.class);

    private static final Duration TURN = Duration.ofMillis(2);
    private static final Duration LAST = Duration.ofSeconds(60);
    /** How long nothing may come: more than what other programs on the machine may take of it at a time. */
    private static final Duration UNDISTURBED = Duration.ofSeconds(3);

    private static final int QOS_LEVELS = 3;
    /** Messages on their way, well below every limit of a client. */
    private static final int WINDOW = 150;

    private final String topic;
    private final MqttProbe publisher;
    private final MqttProbe subscriber;
    private final Thread thread = new Thread(this::run, "witness");

    // Of the thread, but for looking.
    private final int[] received = new int[QOS_LEVELS];
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile String trouble;
    private volatile boolean sending = true;
    private volatile boolean stopped;
    private int packetId;
    private long lastArrival;
    private volatile long longestSilence;

    private Witness(InetSocketAddress gateway, String name) {
        topic = "witness/" + name;
        publisher = connect(gateway, name + "-publisher");
        subscriber = connect(gateway, name + "-subscriber");
        subscriber.subscribe(topic + "/+", 2);
        thread.setDaemon(true);
        lastArrival = System.nanoTime();
        thread.start();
    }

    private static MqttProbe connect(InetSocketAddress gateway, String id) {
        MqttProbe probe = MqttProbe.open(gateway, Version.MQTT_5);
        probe.connect(Connect.of(Version.MQTT_5).clientId(id));
        return probe;
    }

    /** Connects the two and lets them begin. */
    static Witness start(InetSocketAddress gateway, String name) {
        return new Witness(gateway, name);
    }

    private void run() {
        while (!stopped && trouble == null) {
            if (sending && sent.get() - Math.min(settled.get(), arrived.get()) < WINDOW) {
                publish();
            }
            for (ServerPacket packet = publisher.poll(TURN); packet != null; packet = publisher.poll(Duration.ZERO)) {
                answered(packet);
            }
            for (ServerPacket packet = subscriber.poll(TURN); packet != null; packet = subscriber.poll(Duration.ZERO)) {
                came(packet);
            }
        }
    }

    private void publish() {
        int number = sent.get() / QOS_LEVELS;
        for (int qos = 0; qos < QOS_LEVELS; qos++) {
            packetId = packetId % 0xFFFF + 1;
            publisher.trySend(Pub.to(topic + "/" + qos, Integer.toString(number))
                    .qos(qos, packetId)
                    .bytes(Version.MQTT_5));
        }
        settled.incrementAndGet(); // QoS 0 has no answer.
        sent.addAndGet(QOS_LEVELS);
    }

    private void answered(ServerPacket packet) {
        boolean accepted = packet instanceof ServerPacket.Ack ack && ack.reason() == 0;
        if (accepted && packet instanceof ServerPacket.Pubrec pubrec) {
            publisher.trySend(Packets.pubrel(pubrec.id()));
        } else if (accepted) {
            settled.incrementAndGet();
        } else {
            trouble("the publisher got " + packet);
        }
    }

    private void came(ServerPacket packet) {
        if (packet instanceof ServerPacket.Publish message) {
            int qos = message.qos();
            if (!message.topic().equals(topic + "/" + qos) || !message.text().equals(Integer.toString(received[qos]))) {
                trouble("the subscriber expected number " + received[qos] + " and got " + message);
            }
            received[qos]++;
            arrived.incrementAndGet();
            long now = System.nanoTime();
            longestSilence = Math.max(longestSilence, now - lastArrival);
            lastArrival = now;
            if (qos == 1) {
                subscriber.trySend(Packets.puback(message.id()));
            } else if (qos == 2) {
                subscriber.trySend(Packets.pubrec(message.id()));
            }
        } else if (packet instanceof ServerPacket.Pubrel pubrel) {
            subscriber.trySend(Packets.pubcomp(pubrel.id()));
        } else {
            trouble("the subscriber got " + packet);
        }
    }

    private void trouble(String what) {
        if (trouble == null) {
            trouble = what;
        }
    }

    /** Lets the last messages arrive; nothing may have gone wrong from the beginning to the end. */
    void assertUndisturbed() {
        sending = false;
        Awaitility.await("the last messages of the witness have arrived")
                .atMost(LAST)
                .until(() -> trouble != null || (settled.get() == sent.get() && arrived.get() == sent.get()));
        log.atInfo()
                .addKeyValue("messages", sent.get())
                .addKeyValue("longestSilenceMs", TimeUnit.NANOSECONDS.toMillis(longestSilence))
                .log("The witness was not disturbed");
        assertThat(trouble).as("what the witness saw after %s messages", sent).isNull();
        assertThat(arrived.get()).as("messages that the witness received").isPositive();
        assertThat(Duration.ofNanos(longestSilence))
                .as("the longest time without a message")
                .isLessThan(UNDISTURBED);
    }

    @Override
    public void close() {
        stopped = true;
        publisher.close();
        subscriber.close();
    }
}
