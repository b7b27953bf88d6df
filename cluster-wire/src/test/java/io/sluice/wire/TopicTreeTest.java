package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTreeTest {

    private static final int STEPS = 5_000;
    private static final int LOOKUP_EVERY = 10;

    private final TopicTree<String> tree = new TopicTree<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsExactlyTheTopicsThatMatchWhateverWasAddedAndRemoved(long seed) {
        RandomTopics random = new RandomTopics(seed);
        Map<String, String> plain = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            String name = random.name();
            if (random.below(2) == 0) {
                String value = name + " as of step " + step;
                assertThat(tree.put(name, value)).isEqualTo(plain.put(name, value));
            } else {
                assertThat(tree.remove(name)).isEqualTo(plain.remove(name));
            }
            assertThat(tree.size()).isEqualTo(plain.size());
            if (step % LOOKUP_EVERY == 0) {
                TopicFilter filter = random.filter();
                assertThat(matches(filter))
                        .as("seed %d, filter %s", seed, filter)
                        .containsExactlyInAnyOrderElementsOf(matches(plain, filter));
            }
        }
    }

    private List<String> matches(TopicFilter filter) {
        List<String> found = new ArrayList<>();
        tree.match(filter, found::add);
        return found;
    }

    private static List<String> matches(Map<String, String> plain, TopicFilter filter) {
        return plain.entrySet().stream()
                .filter(entry -> filter.matches(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void givesBackTheValueOfEachTopic(long seed) {
        RandomTopics random = new RandomTopics(seed);
        Map<String, String> plain = new HashMap<>();
        for (int step = 0; step < 500; step++) {
            String name = random.name();
            tree.put(name, "step " + step);
            plain.put(name, "step " + step);
        }

        plain.forEach((name, value) -> assertThat(tree.get(name)).as(name).isEqualTo(value));
        assertThat(tree.get("none/of/them")).isNull();
    }

    @Test
    void keepsATopicWhoseChildIsRemoved() {
        tree.put("a", "parent");
        tree.put("a/b", "child");

        tree.remove("a/b");

        assertThat(tree.get("a")).isEqualTo("parent");
        assertThat(tree.size()).isEqualTo(1);
    }

    @Test
    void keepsAChildWhoseParentIsRemoved() {
        tree.put("a", "parent");
        tree.put("a/b", "child");

        tree.remove("a");

        assertThat(tree.get("a/b")).isEqualTo("child");
        assertThat(tree.size()).isEqualTo(1);
    }
}
