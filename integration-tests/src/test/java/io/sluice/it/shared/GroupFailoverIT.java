package io.sluice.it.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** kill -9 of one of three gateways that serve a group. */
class GroupFailoverIT {

    private static final Version V5 = Version.MQTT_5;
    private static final String TOPIC = "group-failover";
    private static final String SHARED = "$share/survivors/" + TOPIC + "/#";
    private static final int HOUR = 3_600;
    private static final int SOME = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Member> members = new ArrayList<>();
    private GatewayProcess victim;
    private MqttProbe publisher;
    private int published;

    /** A client that keeps to the protocol, over one connection after the other. */
    private static final class Member {
        private final String id;
        private final int qos;
        private final boolean acknowledges;
        private final Set<Integer> got = new HashSet<>();
        private final List<Integer> gotAtQos2 = new ArrayList<>();
        private final Set<Integer> unreleased = new HashSet<>();
        private MqttProbe probe;

        private Member(String id, int qos, boolean acknowledges) {
            this.id = id;
            this.qos = qos;
            this.acknowledges = acknowledges;
        }

        private void connect(InetSocketAddress gateway) {
            probe = MqttProbe.open(gateway, V5);
            Connect connect = Connect.of(V5).clientId(id).clean(qos == 1);
            probe.connect(qos == 1 ? connect : connect.with(Property.SESSION_EXPIRY_INTERVAL, HOUR));
        }

        private void take() {
            ServerPacket packet = probe.poll(Duration.ofMillis(2));
            if (packet instanceof ServerPacket.Publish message) {
                take(message);
            } else if (packet instanceof ServerPacket.Pubrel pubrel) {
                unreleased.remove(pubrel.id());
                probe.send(Packets.pubcomp(pubrel.id()));
            }
        }

        private void take(ServerPacket.Publish message) {
            int number = Integer.parseInt(message.text());
            got.add(number);
            if (message.qos() == 2) {
                if (unreleased.add(message.id())) {
                    gotAtQos2.add(number);
                }
                probe.send(Packets.pubrec(message.id()));
            } else if (acknowledges) {
                probe.send(Packets.puback(message.id()));
            }
        }
    }

    private Member join(String id, int qos, boolean acknowledges, InetSocketAddress gateway) {
        Member member = new Member(id, qos, acknowledges);
        members.add(member);
        member.connect(gateway);
        member.probe.subscribe(SHARED, qos);
        return member;
    }

    @AfterEach
    void close() {
        members.forEach(member -> member.probe.close());
        if (publisher != null) {
            publisher.close();
        }
        if (victim != null) {
            victim.kill();
        }
    }

    @Test
    void whatAKilledGatewayServedGoesOnElsewhereAndComesOnceAtQos2() {
        victim = GatewayProcess.start(
                "killed-group-gateway", "-Xmx96m", Map.of("SLUICE_ZOOKEEPER_SESSION_TIMEOUT", "4s"));
        publisher = MqttProbe.open(Cluster.first(), V5);
        publisher.connect(Connect.of(V5));
        join("group-first-2", 2, true, Cluster.first());
        join("group-first-1", 1, true, Cluster.first());
        join("group-second-2", 2, true, Cluster.second());
        join("group-second-1", 1, true, Cluster.second());
        Member resuming = join("group-victim-2", 2, true, victim.address());
        Member silent = join("group-victim-1", 1, false, victim.address());
        Awaitility.await("the gateway serves partitions of the group")
                .atMost(PATIENCE)
                .until(() -> victim.metric("sluice_groups_partitions") > 0);

        publish();
        takeUntil(() -> !silent.got.isEmpty()
                && !resuming.gotAtQos2.isEmpty()
                && gotBy(members).size() == published);
        victim.kill();
        silent.probe.close();
        resuming.probe.close();
        members.remove(silent);
        resuming.connect(Cluster.second());
        publish();
        takeUntil(() -> gotBy(members).size() == published);

        assertThat(gotBy(members))
                .isEqualTo(IntStream.rangeClosed(1, published).boxed().collect(Collectors.toSet()));
        assertThat(members.stream().flatMap(member -> member.gotAtQos2.stream()))
                .doesNotHaveDuplicates();
    }

    private static Set<Integer> gotBy(List<Member> members) {
        return members.stream().flatMap(member -> member.got.stream()).collect(Collectors.toSet());
    }

    /** Publishes numbers, each under a topic of its own so that they stand in all partitions. */
    private void publish() {
        for (int i = 0; i < SOME; i++) {
            published++;
            Pub message = Pub.to(TOPIC + "/" + published, Integer.toString(published));
            publisher.publish(message.qos(1 + published % 2, published), published);
        }
    }

    private void takeUntil(BooleanSupplier isEnough) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isEnough.getAsBoolean() && System.nanoTime() < deadline) {
            members.forEach(Member::take);
        }
        assertThat(isEnough.getAsBoolean()).isTrue();
    }
}
