package io.sluice.it.conformance;

import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/**
 * What tests of the protocol share: probes that are closed after each test, and names that no other test uses. A
 * publisher connects to the first gateway and a subscriber to the second, so that every exchange crosses the cluster.
 */
abstract class MqttTest {

    static final Version V5 = Version.MQTT_5;
    static final Version V311 = Version.MQTT_3_1_1;

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

    private final List<MqttProbe> probes = new ArrayList<>();

    @AfterEach
    void closeProbes() {
        probes.forEach(MqttProbe::close);
    }

    /** A name that nobody else uses, for a topic or a client; at most 23 letters and digits with what it starts with. */
    static String unique(String start) {
        return start + RUN + COUNT.incrementAndGet();
    }

    /** A right CONNECT with a client identifier of its own. */
    static Connect connect(Version version) {
        return Connect.of(version).clientId(unique("c"));
    }

    /** A TCP connection to the first gateway. */
    MqttProbe open(Version version) {
        return open(Cluster.first(), version);
    }

    /** A TCP connection. */
    MqttProbe open(InetSocketAddress address, Version version) {
        return keep(MqttProbe.open(address, version));
    }

    /** Has a probe closed after the test. */
    MqttProbe keep(MqttProbe probe) {
        probes.add(probe);
        return probe;
    }

    /** A client on the first gateway. */
    MqttProbe publisher(Version version) {
        return connected(Cluster.first(), version, connect(version));
    }

    /** A client on the second gateway. */
    MqttProbe subscriber(Version version) {
        return connected(Cluster.second(), version, connect(version));
    }

    /** A client on the second gateway with a subscription. */
    MqttProbe subscriber(Version version, String filter, int options) {
        MqttProbe probe = subscriber(version);
        probe.subscribe(filter, options);
        return probe;
    }

    /** A connected client. */
    MqttProbe connected(InetSocketAddress address, Version version, Connect connect) {
        MqttProbe probe = open(address, version);
        probe.connect(connect);
        return probe;
    }

    /** A connected client with a CONNECT of its own, on the first gateway. */
    MqttProbe connected(Version version, Connect connect) {
        return connected(Cluster.first(), version, connect);
    }

    /** What the server says to a CONNECT. */
    ServerPacket.Connack connack(Connect connect) {
        return open(V5).connect(connect);
    }
}
