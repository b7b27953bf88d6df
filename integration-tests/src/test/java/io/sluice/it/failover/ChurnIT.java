package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.Tools;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Clients that come and go in every way, and what they leave behind. */
class ChurnIT {

    private static final int CLIENTS = 1_500;
    private static final int CONTENDERS = 30;

    @Test
    void connectionsThatBreakInAnyStateLeaveNothingBehind() {
        boolean unix = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean;
        Tools.demand(unix, "open files can be counted on Unix alone");
        churn(200);
        awaitConnected(1);
        long before = openFiles();
        churn(CLIENTS);
        awaitConnected(1);
        Awaitility.await("files are closed")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(openFiles()).isLessThan(before + 50));
    }

    /** Breaks off after a random number of bytes of a whole life of a client. */
    private static void churn(int clients) {
        Random random = new Random(clients);
        List<Version> versions = List.of(Version.values());
        for (int i = 0; i < clients; i++) {
            Version version = versions.get(i % versions.size());
            byte[] life = new Bytes()
                    .raw(Connect.of(version).clientId("churn" + i).bytes())
                    .raw(Packets.subscribe(version, 1, "churn/#", 2))
                    .raw(Pub.to("churn/" + i % 10, "x".repeat(200)).qos2(2).bytes(version))
                    .raw(Pub.to("churn/" + i % 10, "y").qos1(3).bytes(version))
                    .toArray();
            int length = random.nextInt(life.length + 1);
            try (MqttProbe probe = MqttProbe.open(i % 2 == 0 ? Cluster.first() : Cluster.second(), version)) {
                probe.trySend(Arrays.copyOf(life, length));
                if (length == life.length || i % 5 == 0) {
                    probe.poll(Duration.ofMillis(20));
                }
            }
        }
    }

    @Test
    void ofManyConnectionsOfOneClientTheLastOneStays() {
        List<MqttProbe> probes = new ArrayList<>();
        try {
            IntStream.range(0, CONTENDERS).parallel().forEach(i -> {
                MqttProbe probe = MqttProbe.open(Cluster.first(), Version.MQTT_5);
                synchronized (probes) {
                    probes.add(probe);
                }
                probe.send(Connect.of(Version.MQTT_5).clientId("contended"));
            });
            Awaitility.await("all but one are closed")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        long open = probes.stream().filter(ChurnIT::isOpen).count();
                        return open == 1;
                    });
        } finally {
            probes.forEach(MqttProbe::close);
        }
    }

    /** Takes what came, and then asks for a sign of life. */
    private static boolean isOpen(MqttProbe probe) {
        probe.trySend(Packets.pingreq());
        ServerPacket packet = probe.poll(Duration.ofMillis(500));
        while (packet instanceof ServerPacket.Connack) {
            packet = probe.poll(Duration.ofMillis(500));
        }
        return packet instanceof ServerPacket.Pingresp;
    }

    /** Waits until both gateways together count so many clients, the one who asks included. */
    private static void awaitConnected(int clients) {
        try (MqttProbe probe = MqttProbe.open(Cluster.first(), Version.MQTT_5)) {
            probe.connect(Connect.of(Version.MQTT_5));
            probe.send(Packets.subscribe(
                    Version.MQTT_5, 1, Properties.NONE, Packets.filter("$SYS/broker/clients/connected", 0)));
            probe.expect(ServerPacket.Suback.class);
            String[] connected = {"none yet"};
            Awaitility.await("clients that the gateways count")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> {
                        if (probe.poll(Duration.ofSeconds(1)) instanceof ServerPacket.Publish message) {
                            connected[0] = message.text();
                        }
                        assertThat(connected[0]).isEqualTo(String.valueOf(clients));
                    });
        }
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }
}
