package io.sluice.it.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.gateway.Gateway;
import io.sluice.gateway.GatewayConfig;
import io.sluice.gateway.Normative;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Puback;
import io.sluice.it.probe.ServerPacket.Pubcomp;
import io.sluice.it.probe.ServerPacket.Pubrec;
import io.sluice.it.probe.Version;
import io.sluice.kit.config.Configs;
import io.sluice.leader.Leader;
import io.sluice.leader.LeaderConfig;
import io.sluice.wire.Topics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher is told when Kafka does not take its message, and that all goes on afterwards. */
class RefusalIT {

    private static final String LOG = new Topics("", Topics.DEFAULT_PARTITIONS).publish();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper zooKeeper;
    private static EmbeddedKafka kafka;
    private static Leader leader;
    private static Gateway gateway;
    private static Admin admin;

    @BeforeAll
    static void start() {
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
        kafka = EmbeddedKafka.start(
                folder.resolve("kafka"),
                0,
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
        leader = Leader.start(Configs.load(LeaderConfig.class, null, settings()));
        Map<String, String> settings = settings();
        settings.put("SLUICE_MQTT_HOST", "127.0.0.1");
        settings.put("SLUICE_MQTT_PORT", "0");
        gateway = Gateway.start(Configs.load(GatewayConfig.class, null, settings));
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "SLUICE_ADMIN_HOST",
                "127.0.0.1",
                "SLUICE_ADMIN_PORT",
                "0",
                "SLUICE_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SLUICE_KAFKA_REPLICATION_FACTOR",
                "1",
                "SLUICE_ZOOKEEPER_CONNECT",
                zooKeeper.connectString()));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {admin, gateway, leader, kafka, zooKeeper}) {
            if (part != null) {
                part.close();
            }
        }
    }

    private static MqttProbe connect(Version version) {
        MqttProbe probe =
                MqttProbe.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.mqttPort()), version);
        probe.connect(Connect.of(version));
        return probe;
    }

    /** Waits until the broker has taken a change to heart and refuses a message, or takes it again. */
    private static void awaitAnswer(MqttProbe publisher, Pub message, int reason) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            publisher.send(message);
            return publisher.expect(Puback.class).reason() == reason;
        });
    }

    private static void limitMessages(String bytes) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, LOG),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    @Normative({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-4.3.3-9", "MQTT311-3.3.5-2", "MQTT311-4.8.0-2"})
    void aMessageThatIsTooLargeForTheLogIsRefusedAndNoOther() throws Exception {
        String large = "x".repeat(10_000);
        limitMessages("5000");
        try (MqttProbe subscriber = connect(Version.MQTT_5);
                MqttProbe publisher = connect(Version.MQTT_5);
                MqttProbe older = connect(Version.MQTT_3_1_1);
                MqttProbe careless = connect(Version.MQTT_5)) {
            awaitAnswer(publisher, Pub.to("refused/large", large).qos1(1), Reason.QUOTA_EXCEEDED);
            subscriber.subscribe("refused/large", 2);

            // All at once, and answered in this order.
            publisher.send(Pub.to("refused/large", "1").qos1(1));
            publisher.send(Pub.to("refused/large", large).qos1(2));
            publisher.send(Pub.to("refused/large", "2").qos1(3));
            publisher.send(Pub.to("refused/large", large).qos2(4));
            assertThat(publisher.expect(Puback.class))
                    .extracting(Puback::id, Puback::reason)
                    .containsExactly(1, 0);
            Puback refusal = publisher.expect(Puback.class);
            assertThat(refusal.id()).isEqualTo(2);
            assertThat(refusal.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
            assertThat(refusal.properties().toString()).contains("Kafka refused the message");
            assertThat(publisher.expect(Puback.class))
                    .extracting(Puback::id, Puback::reason)
                    .containsExactly(3, 0);
            assertThat(publisher.expect(Pubrec.class))
                    .extracting(Pubrec::id, Pubrec::reason)
                    .containsExactly(4, Reason.QUOTA_EXCEEDED);

            // The identifier of a QoS 2 message that was refused is free again ([MQTT-4.3.3-9]).
            publisher.publish(Pub.to("refused/large", "3").qos2(4), 4);
            publisher.send(Packets.pubrel(4));
            assertThat(publisher.expect(Pubcomp.class).reason()).isEqualTo(Reason.PACKET_IDENTIFIER_NOT_FOUND);

            // Before MQTT 5, and at QoS 0, there is no acknowledgement that could say it.
            older.send(Pub.to("refused/large", large).qos1(1));
            older.expectClosed();
            careless.send(Pub.to("refused/large", large));
            careless.expectDisconnect(Reason.IMPLEMENTATION_SPECIFIC_ERROR);

            assertThat(List.of(
                            subscriber.expectMessage().text(),
                            subscriber.expectMessage().text(),
                            subscriber.expectMessage().text()))
                    .containsExactly("1", "2", "3");
            limitMessages("1000000");
            awaitAnswer(publisher, Pub.to("refused/large", large).qos1(9), Reason.SUCCESS);
        }
    }

    private static AclBinding acl(AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, LOG, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", operation, permission));
    }

    @Test
    void aGatewayThatMayNotWriteSaysSoAndWritesWhenItMay() throws Exception {
        List<AclBinding> readOnly = List.of(
                acl(AclOperation.ALL, AclPermissionType.ALLOW), acl(AclOperation.WRITE, AclPermissionType.DENY));
        try (MqttProbe publisher = connect(Version.MQTT_5)) {
            admin.createAcls(readOnly).all().get();
            awaitAnswer(publisher, Pub.to("refused/acl", "x").qos1(1), Reason.NOT_AUTHORIZED);
            publisher.send(Pub.to("refused/acl", "x").qos2(2));
            assertThat(publisher.expect(Pubrec.class).reason()).isEqualTo(Reason.NOT_AUTHORIZED);

            admin.deleteAcls(readOnly.stream().map(AclBinding::toFilter).toList())
                    .all()
                    .get();
            awaitAnswer(publisher, Pub.to("refused/acl", "x").qos1(3), Reason.SUCCESS);
        }
    }
}
