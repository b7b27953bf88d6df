package io.sluice.leader.duty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.embedded.EmbeddedKafka;
import io.sluice.leader.Term;
import io.sluice.leader.duty.TopicsReport.State;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class TopicProvisioningTest {

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;

    private final List<TopicsReport> shown = new CopyOnWriteArrayList<>();
    private final Term term = new Term(7, "/leaders/latch/node");
    private Topics topics;
    private Admin admin;
    private TopicProvisioning provisioning;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(folder);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", 3);
        admin = Admin.create(new KafkaSettings(Map.of("bootstrap.servers", kafka.bootstrapServers()), topics).admin());
        provisioning = provisioning(1);
    }

    private TopicProvisioning provisioning(int replicationFactor) {
        return new TopicProvisioning(
                new ClusterTopics(admin, topics, (short) replicationFactor), (unused, report) -> shown.add(report));
    }

    @AfterEach
    void stop() {
        term.end();
        provisioning.end();
        admin.close();
    }

    @Test
    void makesAllTopicsWithTheirPartitionsAndConfiguration() throws Exception {
        provisioning.begin(term);

        await().until(() -> provisioning.report().ready());
        assertThat(provisioning.report().topics())
                .allSatisfy(topic -> assertThat(topic.warnings()).isEmpty());
        Map<String, TopicDescription> made = admin.describeTopics(
                        topics.all().stream().map(Topics.Spec::name).toList())
                .allTopicNames()
                .get();
        for (Topics.Spec spec : topics.all()) {
            assertThat(made.get(spec.name()).partitions()).hasSize(spec.partitions());
        }
        ConfigResource publish = new ConfigResource(ConfigResource.Type.TOPIC, topics.publish());
        assertThat(admin.describeConfigs(List.of(publish))
                        .all()
                        .get()
                        .get(publish)
                        .get("message.timestamp.type")
                        .value())
                .isEqualTo("LogAppendTime");
        await().untilAsserted(() -> assertThat(shown).containsExactly(provisioning.report()));
    }

    @Test
    void findsItsWorkDoneTheSecondTime() {
        provisioning.begin(term);
        await().until(() -> provisioning.report().ready());
        TopicsReport first = provisioning.report();
        provisioning.end();

        provisioning.begin(term);

        await().until(() -> provisioning.report().ready());
        assertThat(provisioning.report()).isEqualTo(first);
    }

    @Test
    void addsWhatIsMissing() throws Exception {
        create(topics.publish(), 3);

        provisioning.begin(term);

        await().until(() -> provisioning.report().ready());
        assertThat(admin.listTopics().names().get())
                .containsAll(topics.all().stream().map(Topics.Spec::name).toList());
    }

    @Test
    void refusesAnotherPartitionCountUntilItIsMended() throws Exception {
        create(topics.retained(), 2);

        provisioning.begin(term);

        await().until(() -> provisioning.report().state() == State.REFUSED);
        assertThat(provisioning.report().detail())
                .startsWith(topics.retained() + " has 2 partitions, the configuration says 3;");
        assertThat(admin.listTopics().names().get()).doesNotContain(topics.publish(), topics.commands());

        admin.deleteTopics(List.of(topics.retained())).all().get();

        await().atMost(Duration.ofSeconds(20)).until(() -> provisioning.report().ready());
    }

    @Test
    void warnsOfWhatDiffersAndDoesNotTouchIt() throws Exception {
        Map<String, String> other = Map.of("retention.ms", "60000", "max.message.bytes", "67108864");
        admin.createTopics(List.of(new NewTopic(topics.events(), 3, (short) 1).configs(other)))
                .all()
                .get();

        provisioning.begin(term);

        await().until(() -> provisioning.report().ready());
        assertThat(provisioning.report().topics())
                .filteredOn(topic -> topic.name().equals(topics.events()))
                .singleElement()
                .satisfies(topic ->
                        assertThat(topic.warnings()).containsExactly("retention.ms is 60000, it should be 604800000"));
    }

    @Test
    void saysWhatKafkaSaysWhenItCannotMakeThem() {
        provisioning = provisioning(3);

        provisioning.begin(term);

        await().until(() -> provisioning.report().state() == State.FAILED);
        assertThat(provisioning.report().detail()).startsWith("InvalidReplicationFactorException: ");
    }

    @Test
    void warnsOfAnotherReplicationFactor() throws Exception {
        for (Topics.Spec spec : topics.all()) {
            create(spec.name(), spec.partitions());
        }
        provisioning = provisioning(2);

        provisioning.begin(term);

        await().until(() -> provisioning.report().ready());
        assertThat(provisioning.report().topics())
                .allSatisfy(topic ->
                        assertThat(topic.warnings()).contains("replication factor is 1, the configuration says 2"));
    }

    @Test
    void createsNothingWhenTheTermIsOver() throws Exception {
        term.end();

        provisioning.begin(term);
        provisioning.end();

        assertThat(admin.listTopics().names().get()).noneMatch(name -> name.startsWith(topics.prefix()));
    }

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }
}
