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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Numbered messages at a fixed rate from one publisher, all of them acknowledged in the end. */
final class Flood {

    /** What a message takes, without its topic. */
    static final int PAYLOAD_BYTES = 16_000;

    /** How many messages are on their way to the log at most, so that they do not all come at once if something stands still. */
    private static final int WINDOW = 100;

    private final String prefix;
    private final int topics;
    private final int rate;

    /**
     * @param prefix of the topics, whose numbers begin at 0
     * @param rate messages in a second
     */
    Flood(String prefix, int topics, int rate) {
        this.prefix = prefix;
        this.topics = topics;
        this.rate = rate;
    }

    String topic(int number) {
        return prefix + "/" + number % topics;
    }

    /** How many deliveries so many messages are for subscribers of which each has one topic, in turn. */
    long deliveries(int subscribers, int messages) {
        return (long) messages / topics * subscribers;
    }

    /**
     * Publishes at QoS 1, to the topics in turn, each message at its time, whoever is slow; only one that finds the window full
     * waits. Returns when all of it is acknowledged.
     *
     * @return how late the last one was acknowledged
     */
    Duration publish(InetSocketAddress gateway, int messages) {
        try (MqttProbe publisher = MqttProbe.open(gateway, Version.MQTT_5)) {
            publisher.connect(Connect.of(Version.MQTT_5));
            long start = System.nanoTime();
            int acknowledged = 0;
            int sent = 0;
            while (acknowledged < messages) {
                int due = due(start, messages, acknowledged);
                for (; sent < due; sent++) {
                    publisher.send(Pub.to(topic(sent), payload(sent)).qos1(1 + sent % 0xFFFF));
                }
                ServerPacket answer = publisher.poll(Duration.ofMillis(1));
                while (answer != null) {
                    assertThat(answer).isInstanceOf(ServerPacket.Puback.class);
                    acknowledged++;
                    answer = publisher.poll(Duration.ZERO);
                }
            }
            return Duration.ofNanos(System.nanoTime() - start)
                    .minus(Duration.ofSeconds(messages).dividedBy(rate));
        }
    }

    private int due(long start, int messages, int acknowledged) {
        long byTime = (System.nanoTime() - start) * rate / TimeUnit.SECONDS.toNanos(1);
        return (int) Math.min(Math.min(messages, byTime), acknowledged + WINDOW);
    }

    private static byte[] payload(int number) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        byte[] digits = Integer.toString(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, payload, 0, digits.length);
        return payload;
    }

    /** The number of a message. */
    static int number(ServerPacket.Publish message) {
        int number = 0;
        for (byte digit : message.payload()) {
            if (digit == 0) {
                break;
            }
            number = 10 * number + digit - '0';
        }
        return number;
    }

    /** Receives on a thread of its own, and remembers how many came and whether each had a higher number than
     * the last of its topic. */
    static final class Receiver implements AutoCloseable {
        private final MqttProbe probe;
        private final Thread thread = new Thread(this::run, "receiver");
        private volatile int received;
        private volatile String trouble;
        private volatile boolean stopped;

        private Receiver(MqttProbe probe) {
            this.probe = probe;
            thread.setDaemon(true);
        }

        /** Connects and subscribes, and reads nothing, not even the answers, before {@link #startReading}. */
        static Receiver stopped(InetSocketAddress gateway, String filter, int qos) {
            MqttProbe probe = MqttProbe.openUnread(gateway, Version.MQTT_5, 4_096);
            probe.send(Connect.of(Version.MQTT_5));
            probe.send(Packets.subscribe(Version.MQTT_5, 1, filter, qos));
            return new Receiver(probe);
        }

        void startReading() {
            probe.startReading();
            thread.start();
        }

        private void run() {
            Map<String, Integer> last = new HashMap<>();
            int count = 0;
            while (!stopped && trouble == null) {
                ServerPacket packet = probe.poll(Duration.ofMillis(100));
                if (packet instanceof ServerPacket.Publish message) {
                    Integer before = last.put(message.topic(), number(message));
                    if (before != null && before >= number(message)) {
                        trouble = number(message) + " came after " + before + " to " + message.topic();
                    }
                    count++;
                    received = count;
                    if (message.qos() == 1) {
                        probe.trySend(Packets.puback(message.id()));
                    }
                } else if (packet != null
                        && !(packet instanceof ServerPacket.Connack)
                        && !(packet instanceof ServerPacket.Suback)) {
                    trouble = "got " + packet;
                }
            }
        }

        int received() {
            return received;
        }

        /** What went wrong first, or null. */
        String trouble() {
            return trouble;
        }

        @Override
        public void close() {
            stopped = true;
            probe.close();
        }
    }
}
