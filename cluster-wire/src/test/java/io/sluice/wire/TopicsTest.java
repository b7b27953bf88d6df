package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicsTest {

    private final Topics topics = new Topics("test.", 6);
    private final Map<String, Topics.Spec> specs =
            topics.all().stream().collect(Collectors.toMap(Topics.Spec::name, Function.identity()));

    @Test
    void putsThePrefixBeforeEveryName() {
        assertThat(specs.keySet())
                .containsExactlyInAnyOrder(
                        topics.publish(),
                        topics.retained(),
                        topics.commands(),
                        topics.inbox(),
                        topics.subscriptions(),
                        topics.sessions(),
                        topics.fanout(),
                        topics.wills(),
                        topics.events(),
                        topics.heartbeats(),
                        topics.deadLetter())
                .allMatch(name -> name.startsWith("test.mqtt."));
        assertThat(List.of(topics.retainedApplicationId(), topics.matchApplicationId(), topics.queueApplicationId()))
                .allMatch(name -> name.startsWith("test.sluice-"))
                .doesNotHaveDuplicates();
    }

    /** What is retained is read back by the task that reads the log's partition of the same number. */
    @Test
    void givesTheLogAndWhatIsRetainedTheSamePartitions() {
        assertThat(specs.get(topics.publish()).partitions()).isEqualTo(6);
        assertThat(specs.get(topics.retained()).partitions()).isEqualTo(6);
    }

    /** What concerns a client is read by the task of its partition, whichever topic it stands in. */
    @Test
    void givesAllThatIsPlacedByClientTheSamePartitions() {
        assertThat(List.of(
                        topics.commands(),
                        topics.inbox(),
                        topics.subscriptions(),
                        topics.sessions(),
                        topics.wills(),
                        topics.events()))
                .allSatisfy(name -> assertThat(specs.get(name).partitions()).isEqualTo(6));
    }

    @Test
    void compactsWhatTellsAStateAndNothingElse() {
        assertThat(specs.values().stream()
                        .filter(spec -> spec.config().get("cleanup.policy").equals("compact")))
                .extracting(Topics.Spec::name)
                .containsExactlyInAnyOrder(topics.retained(), topics.subscriptions(), topics.sessions());
    }

    @Test
    void limitsHowLongAllElseIsKept() {
        assertThat(specs.values().stream()
                        .filter(spec -> spec.config().get("cleanup.policy").equals("delete")))
                .hasSize(8)
                .allSatisfy(spec -> assertThat(spec.config()).containsKey("retention.ms"));
    }

    /** A cluster may have more slots than there are partitions for. */
    @Test
    void hasAFanoutPartitionForTheGatewayOfEverySlot() {
        int partitions = specs.get(topics.fanout()).partitions();

        assertThat(partitions).isEqualTo(64);
        assertThat(IntStream.range(0, 10_000).map(Topics::fanoutPartition)).allMatch(p -> p >= 0 && p < partitions);
        assertThat(IntStream.range(0, partitions).map(Topics::fanoutPartition).distinct())
                .as("as long as there are enough, each has its own")
                .hasSize(partitions);
    }

    @Test
    void refusesAPartitionCountThatKafkaOrWeCannotBear() {
        assertThatThrownBy(() -> new Topics("", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Topics("", 1_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
