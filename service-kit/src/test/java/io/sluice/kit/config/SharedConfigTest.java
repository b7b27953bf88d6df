package io.sluice.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.wire.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections that all roles share. */
class SharedConfigTest {

    @TempDir
    Path folder;

    record Shared(KafkaConfig kafka, ZooKeeperConfig zookeeper, AdminConfig admin) {}

    @Test
    void defaults() {
        Shared shared = Configs.defaults(Shared.class);

        assertThat(shared.kafka()).isEqualTo(new KafkaConfig("127.0.0.1:9092", "", 12, (short) 3, Map.of()));
        assertThat(shared.zookeeper())
                .isEqualTo(new ZooKeeperConfig(
                        "127.0.0.1:2181", "/sluice", Duration.ofSeconds(10), Duration.ofSeconds(10)));
        assertThat(shared.admin()).isEqualTo(new AdminConfig("127.0.0.1", 8081));
    }

    @Test
    void everyKeyIsMapped() throws Exception {
        Shared shared = load("""
                kafka:
                  bootstrapServers: k1:9092,k2:9092
                  topicPrefix: plant-1.
                  partitions: 24
                  replicationFactor: 1
                  properties:
                    security.protocol: SSL
                zookeeper:
                  connect: z1:2181,z2:2181
                  root: /plant/1
                  sessionTimeout: 6s
                  connectionTimeout: 1m
                admin:
                  host: 0.0.0.0
                  port: 9100
                """);

        assertThat(shared)
                .isEqualTo(new Shared(
                        new KafkaConfig(
                                "k1:9092,k2:9092", "plant-1.", 24, (short) 1, Map.of("security.protocol", "SSL")),
                        new ZooKeeperConfig(
                                "z1:2181,z2:2181", "/plant/1", Duration.ofSeconds(6), Duration.ofMinutes(1)),
                        new AdminConfig("0.0.0.0", 9100)));
    }

    @Test
    void kafkaClientsAndTopicsFollowTheConfiguration() {
        KafkaConfig kafka = new KafkaConfig("k1:9092", "p.", 6, (short) 1, Map.of("security.protocol", "SSL"));

        assertThat(kafka.clientProperties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "bootstrap.servers",
                        "k1:9092",
                        "security.protocol",
                        "SSL",
                        "receive.buffer.bytes",
                        -1,
                        "send.buffer.bytes",
                        -1));
        assertThat(kafka.topics()).isEqualTo(new Topics("p.", 6));
    }

    @Test
    void kafkasOwnConfigurationHasTheLastWord() {
        KafkaConfig kafka = new KafkaConfig("k1:9092", "", 6, (short) 1, Map.of("receive.buffer.bytes", "65536"));

        assertThat(kafka.clientProperties()).containsEntry("receive.buffer.bytes", "65536");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'kafka: {bootstrapServers: \"\"}'      | kafka.bootstrapServers must not be empty",
                "'kafka: {topicPrefix: a/b}'            | kafka.topicPrefix must be at most 100 letters, digits,",
                "'kafka: {partitions: 0}'               | kafka.partitions must be 1 to 1000, was 0",
                "'kafka: {partitions: 1001}'            | kafka.partitions must be 1 to 1000, was 1001",
                "'kafka: {replicationFactor: 0}'        | kafka.replicationFactor must be 1 to 100, was 0",
                "'kafka: {properties: {bootstrap.servers: x}}' | kafka.properties must not hold bootstrap.servers",
                "'kafka: {properties: {acks: 1}}'       | kafka.properties must not hold acks: the safety and the order",
                "'kafka: {properties: {enable.idempotence: false}}' | kafka.properties must not hold enable.idempotence",
                "'zookeeper: {connect: \" \"}'          | zookeeper.connect must not be empty",
                "'zookeeper: {root: sluice}'            | zookeeper.root must begin with a slash and not end with one",
                "'zookeeper: {root: /}'                 | zookeeper.root must begin with a slash and not end with one",
                "'zookeeper: {root: /a/}'               | zookeeper.root must begin with a slash and not end with one",
                "'zookeeper: {sessionTimeout: 0s}'      | zookeeper.sessionTimeout must be more than 0, was PT0S",
                "'zookeeper: {connectionTimeout: 0ms}'  | zookeeper.connectionTimeout must be more than 0, was PT0S",
                "'admin: {host: \"\"}'                  | admin.host must not be empty",
                "'admin: {port: 65536}'                 | admin.port must be 0 to 65535, was 65536",
                "'admin: {port: -1}'                    | admin.port must be 0 to 65535, was -1"
            })
    void valuesOutOfRangeAreRefused(String yaml, String message) {
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(folder.resolve("shared.yaml") + ": " + message);
    }

    private Shared load(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("shared.yaml"), yaml);
        return Configs.load(Shared.class, file, Map.of());
    }
}
