package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
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
                        topics.heartbeats(),
                        topics.deadLetter())
                .allMatch(name -> name.startsWith("test.mqtt."));
        assertThat(topics.retainedApplicationId()).startsWith("test.");
    }

    /** What is retained is read back by the task that reads the log's partition of the same number. */
    @Test
    void givesTheLogAndWhatIsRetainedTheSamePartitions() {
        assertThat(specs.get(topics.publish()).partitions()).isEqualTo(6);
        assertThat(specs.get(topics.retained()).partitions()).isEqualTo(6);
    }

    @Test
    void compactsWhatIsRetainedAndNothingElse() {
        assertThat(specs.values().stream()
                        .filter(spec -> spec.config().get("cleanup.policy").equals("compact")))
                .extracting(Topics.Spec::name)
                .containsExactly(topics.retained());
    }

    @Test
    void refusesAPartitionCountThatKafkaOrWeCannotBear() {
        assertThatThrownBy(() -> new Topics("", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Topics("", 1_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
