package io.sluice.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Extent;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.PacketReader;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bytes that no specification foresaw, on live connections. What a damaged PUBLISH leaves retained is there for all. Classes run in the
 * order of their names, so this one runs behind those of the protocol, which count what is retained.
 */
@Soaked
class FuzzIT {

    private static final int CASES = Extent.of(900, 10_000);
    private static final List<Version> VERSIONS = List.of(Version.values());
    private static final List<HostileBytes.Kind> KINDS = List.of(HostileBytes.Kind.values());
    private static final int UNFINISHED_BYTES = 16 << 20;
    private static final int FILTER_BYTES = 4_096;
    private static final int LONG_FILTER = 1_000;
    private static final int CROWD = 300;
    private static final int ANNOUNCED = 900_000;
    private static final int BEGUN = 700_000;
    private static final int PIECE = 100;
    private static final int PATIENCE_MS = 20_000;

    private static GatewayProcess gateway;

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.start(
                "fuzzed-gateway",
                "-Xmx128m",
                Map.of(
                        "SLUICE_LIMITS_UNFINISHED_BYTES", Integer.toString(UNFINISHED_BYTES),
                        "SLUICE_LIMITS_SUBSCRIPTION_BYTES_PER_CLIENT", Integer.toString(FILTER_BYTES)));
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @Test
    void whatNoPacketLooksLikeHarmsNobodyElse() {
        try (Witness witness = Witness.start(gateway.address(), "fuzz")) {
            IntStream.range(0, CASES).parallel().forEach(FuzzIT::attack);
            witness.assertUndisturbed();
        }
        assertUnharmed();
    }

    private static void assertUnharmed() {
        gateway.awaitDeserted();
        assertThat(gateway.isAlive()).isTrue();
        assertThat(gateway.metric("logback_events_total", "level=\"error\""))
                .as("errors that the gateway has logged")
                .isZero();
    }

    /** Together they begin more than the gateway has memory for, before their CONNECT and after it. */
    @Test
    void aCrowdThatNeverEndsItsPacketsTakesNoMoreThanItMay() throws IOException {
        long before = gateway.footprint().bufferBytes();
        List<Socket> crowd = new ArrayList<>();
        try (Witness witness = Witness.start(gateway.address(), "crowd")) {
            for (int i = 0; i < CROWD; i++) {
                crowd.add(begin(i));
                assertThat(gateway.isAlive()).isTrue();
            }
            assertThat(gateway.metric("sluice_unfinished_bytes")).isPositive().isLessThanOrEqualTo(UNFINISHED_BYTES);
            assertThat(gateway.footprint().bufferBytes()).isLessThan(before + 3 * UNFINISHED_BYTES);
            assertThat(gateway.metric("sluice_packets_refused_total", "reason=\"quota-exceeded\""))
                    .isPositive();
            witness.assertUndisturbed();
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
        assertUnharmed();
        assertThat(gateway.metric("sluice_unfinished_bytes")).isZero();
    }

    @Test
    void theFiltersOfOneClientTakeNoMoreThanTheyMay() {
        try (MqttProbe client = MqttProbe.open(gateway.address(), Version.MQTT_5)) {
            client.connect(Connect.of(Version.MQTT_5));
            int most = FILTER_BYTES / LONG_FILTER;
            for (int i = 0; i < most; i++) {
                client.subscribe(longFilter(i), 0);
            }
            client.send(Packets.subscribe(Version.MQTT_5, 1, longFilter(most), 0));
            assertThat(client.expect(ServerPacket.Suback.class).reasons()).containsExactly(Reason.QUOTA_EXCEEDED);
            client.subscribe(longFilter(0), 1); // One that it has takes nothing more.
        }
    }

    private static String longFilter(int number) {
        return number + "x".repeat(LONG_FILTER - 1);
    }

    private static Socket begin(int number) throws IOException {
        Socket socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort());
        Bytes beginning = new Bytes();
        if (number % 2 == 0) {
            beginning
                    .raw(Connect.of(Version.MQTT_5).clientId("crowd" + number).bytes())
                    .u8(0x30);
        } else {
            beginning.u8(0x10);
        }
        try {
            socket.getOutputStream()
                    .write(beginning.varint(ANNOUNCED).raw(new byte[BEGUN]).toArray());
        } catch (SocketException e) {
            // Closed while more was sent: it was one too many.
            assertThat(number).as("the first to be refused").isPositive();
        }
        return socket;
    }

    @Test
    void aPacketInThousandsOfPiecesArrivesWhole() {
        byte[] payload = new byte[ANNOUNCED];
        new Random(1).nextBytes(payload);
        try (MqttProbe subscriber = MqttProbe.open(gateway.address(), Version.MQTT_5);
                MqttProbe publisher = MqttProbe.open(gateway.address(), Version.MQTT_5)) {
            subscriber.connect(Connect.of(Version.MQTT_5));
            subscriber.subscribe("hostile/pieces", 1);
            publisher.connect(Connect.of(Version.MQTT_5));
            byte[] packet = Pub.to("hostile/pieces", payload).qos1(1).bytes(Version.MQTT_5);
            for (int sent = 0; sent < packet.length; sent += PIECE) {
                publisher.send(Arrays.copyOfRange(packet, sent, Math.min(sent + PIECE, packet.length)));
            }
            publisher.expect(ServerPacket.Puback.class);
            assertThat(subscriber.expectMessage().payload()).isEqualTo(payload);
        }
        assertUnharmed();
    }

    /** One connection: before or after its CONNECT, in any version, with any kind of harm, left in one of two ways. */
    private static void attack(int number) {
        Version version = VERSIONS.get(number % VERSIONS.size());
        HostileBytes.Kind kind = KINDS.get(number / 3 % KINDS.size());
        boolean connected = number / 15 % 3 != 0;
        boolean abrupt = number / 45 % 2 == 0;
        HostileBytes bytes = new HostileBytes(number, version);
        try (Socket socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            if (connected) {
                socket.getOutputStream().write(bytes.connect());
            }
            socket.getOutputStream().write(bytes.of(kind));
            if (abrupt) {
                socket.setSoLinger(true, 0); // The connection is reset when it is closed.
            } else {
                socket.shutdownOutput();
                readToTheEnd(socket, version, number);
            }
        } catch (SocketException e) {
            // The gateway has closed the connection while more was sent, as it may.
            assertThat(e).as("case %d", number).isNotNull();
        } catch (IOException e) {
            throw new AssertionError("case " + number + ": the gateway has not closed the connection", e);
        }
    }

    /** Whatever the gateway answers before it closes is right in itself. */
    private static void readToTheEnd(Socket socket, Version version, int number) throws IOException {
        PacketReader reader =
                new PacketReader(new DataInputStream(new BufferedInputStream(socket.getInputStream())), version);
        try {
            while (true) {
                assertThat(reader.next()).as("answer in case %d", number).isNotInstanceOf(ServerPacket.Illegal.class);
            }
        } catch (EOFException e) {
            assertThat(e).as("end of case %d", number).isNotNull();
        }
    }
}
