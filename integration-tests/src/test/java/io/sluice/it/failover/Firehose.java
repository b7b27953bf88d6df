package io.sluice.it.failover;

import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** A client that publishes at QoS 0 as fast as the gateway takes it, to nobody. */
final class Firehose implements AutoCloseable {

    private static final Version VERSION = Version.MQTT_3_1_1;
    private static final int PAYLOAD_BYTES = 10_000;

    private final MqttProbe probe;
    private final AtomicLong sentBytes = new AtomicLong();
    private volatile boolean closed;

    private Firehose(MqttProbe probe) {
        this.probe = probe;
    }

    /** Connects and begins. */
    static Firehose start(InetSocketAddress gateway) {
        MqttProbe probe = MqttProbe.open(gateway, VERSION);
        probe.connect(Connect.of(VERSION).clientId("flood"));
        Firehose firehose = new Firehose(probe);
        Thread thread = new Thread(firehose::run, "firehose");
        thread.setDaemon(true);
        thread.start();
        return firehose;
    }

    private void run() {
        byte[] packet = Pub.to("flood", "x".repeat(PAYLOAD_BYTES)).bytes(VERSION);
        while (!closed) {
            probe.trySend(packet);
            sentBytes.addAndGet(packet.length);
        }
    }

    /** How many bytes the gateway took. */
    long takenBytes() {
        return sentBytes.get();
    }

    /** Waits until the gateway takes no more, and tells how many bytes it took. */
    long awaitStall() {
        long[] last = {-1};
        Awaitility.await("the gateway does not read any more")
                .pollDelay(Duration.ofMillis(500))
                .pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    long before = last[0];
                    last[0] = sentBytes.get();
                    return before == last[0];
                });
        return last[0];
    }

    /** Waits until the gateway takes more than that. */
    void awaitMoreThan(long bytes) {
        Awaitility.await("the gateway reads again")
                .atMost(Duration.ofSeconds(30))
                .until(() -> sentBytes.get() > bytes);
    }

    @Override
    public void close() {
        closed = true;
        probe.close();
    }
}
