package io.sluice.local.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.embedded.EmbeddedZooKeeper;
import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.ZooKeeperConfig;
import io.sluice.local.doctor.Finding.Level;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedZooKeeper zooKeeper;

    @BeforeAll
    static void startServers() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        zooKeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
    }

    @AfterAll
    static void stopServers() {
        zooKeeper.close();
        kafka.close();
    }

    @Test
    void findsAClusterThatIsAsConfigured() throws Exception {
        create("fine.", 4);

        List<Finding> findings = examine(kafka("fine.", 4, 1), zooKeeper(Duration.ofSeconds(10)));

        assertThat(findings).noneMatch(finding -> finding.level() == Level.FAIL);
        assertThat(only(findings, "kafka").text()).contains("1 broker answers");
        assertThat(only(findings, "zookeeper").level()).isEqualTo(Level.OK);
        assertThat(only(findings, "clocks").level()).isEqualTo(Level.OK);
        assertThat(only(findings, "fine.mqtt.publish").level()).isEqualTo(Level.OK);
        assertThat(only(findings, "replication").level()).isEqualTo(Level.WARN);
    }

    @Test
    void leavesNoTopicBehind() throws Exception {
        create("clean.", 1);
        Set<String> before = topics();

        examine(kafka("clean.", 1, 1), zooKeeper(Duration.ofSeconds(10)));

        assertThat(topics()).isEqualTo(before);
    }

    @Test
    void tellsOfTopicsThatAreMissingOrPlacedOtherwise() throws Exception {
        Topics topics = new Topics("odd.", 2);
        create("odd.", 2, List.of(topics.publish(), topics.retained()));

        List<Finding> findings = examine(kafka("odd.", 3, 1), zooKeeper(Duration.ofSeconds(10)));

        assertThat(only(findings, topics.commands()).level()).isEqualTo(Level.FAIL);
        assertThat(only(findings, topics.commands()).text()).contains("is missing", "start a leader");
        assertThat(about(findings, topics.publish())).anySatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(Level.FAIL);
            assertThat(finding.text()).contains("has 2 partitions, not 3", "kafka.partitions must be 2");
        });
    }

    @Test
    void tellsOfTooFewBrokersForTheReplicationFactor() {
        List<Finding> findings = examine(kafka("none.", 1, 3), zooKeeper(Duration.ofSeconds(10)));

        assertThat(only(findings, "kafka").level()).isEqualTo(Level.FAIL);
        assertThat(only(findings, "kafka").text()).contains("replicationFactor is 3");
        assertThat(only(findings, "topics").level()).isEqualTo(Level.WARN);
    }

    @Test
    void tellsOfASessionThatZooKeeperDoesNotGive() {
        List<Finding> findings = examine(kafka("none.", 1, 1), zooKeeper(Duration.ofHours(1)));

        assertThat(only(findings, "zookeeper session").level()).isEqualTo(Level.WARN);
        assertThat(only(findings, "zookeeper session").text()).contains("maxSessionTimeout");
    }

    @Test
    void tellsOfServersThatAreNotThere() {
        KafkaConfig nobody = new KafkaConfig("127.0.0.1:1", "", 1, (short) 1, Map.of());
        ZooKeeperConfig noOne =
                new ZooKeeperConfig("127.0.0.1:1", "/sluice", Duration.ofSeconds(1), Duration.ofMillis(200));

        List<Finding> findings = examine(nobody, noOne);

        assertThat(only(findings, "kafka").level()).isEqualTo(Level.FAIL);
        assertThat(only(findings, "kafka").text()).contains("127.0.0.1:1", "check kafka.bootstrapServers");
        assertThat(only(findings, "zookeeper").level()).isEqualTo(Level.FAIL);
        assertThat(only(findings, "zookeeper").text()).contains("127.0.0.1:1", "check zookeeper.connect");
    }

    private static List<Finding> examine(KafkaConfig kafkaConfig, ZooKeeperConfig zooKeeperConfig) {
        List<Finding> findings = new ArrayList<>();
        Level worst = new Doctor(new DoctorConfig(kafkaConfig, zooKeeperConfig)).examine(findings::add);
        assertThat(findings).extracting(Finding::level).contains(worst);
        return findings;
    }

    private static List<Finding> about(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .toList();
    }

    private static Finding only(List<Finding> findings, String subject) {
        assertThat(about(findings, subject)).hasSize(1);
        return about(findings, subject).get(0);
    }

    private static KafkaConfig kafka(String prefix, int partitions, int replicationFactor) {
        return new KafkaConfig(kafka.bootstrapServers(), prefix, partitions, (short) replicationFactor, Map.of());
    }

    private static ZooKeeperConfig zooKeeper(Duration sessionTimeout) {
        return new ZooKeeperConfig(zooKeeper.connectString(), "/sluice", sessionTimeout, Duration.ofSeconds(10));
    }

    private static void create(String prefix, int partitions) throws Exception {
        List<String> all = new Topics(prefix, partitions)
                .all().stream().map(Topics.Spec::name).toList();
        create(prefix, partitions, all);
    }

    private static void create(String prefix, int partitions, List<String> names) throws Exception {
        List<NewTopic> topics = new Topics(prefix, partitions)
                .all().stream()
                        .filter(spec -> names.contains(spec.name()))
                        .map(spec -> new NewTopic(spec.name(), spec.partitions(), (short) 1).configs(spec.config()))
                        .toList();
        try (Admin admin = admin()) {
            admin.createTopics(topics).all().get();
        }
    }

    private static Set<String> topics() throws Exception {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get();
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
