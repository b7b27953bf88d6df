package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTrieTest {

    private static final int STEPS = 5_000;
    private static final int OWNERS = 3;
    private static final int LOOKUP_EVERY = 10;

    /** What one owner subscribes to, kept the plain way. */
    private record Key(TopicFilter filter, String owner) {}

    private final FilterTrie<String, Integer> trie = new FilterTrie<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void findsExactlyTheFiltersThatMatchWhateverWasAddedAndRemoved(long seed) {
        RandomTopics random = new RandomTopics(seed);
        Map<Key, Integer> plain = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            Key key = new Key(random.filter(), "owner-" + random.below(OWNERS));
            if (random.below(2) == 0) {
                assertThat(trie.put(key.filter, key.owner, step)).isEqualTo(plain.put(key, step));
            } else {
                assertThat(trie.remove(key.filter, key.owner)).isEqualTo(plain.remove(key));
            }
            assertThat(trie.size()).isEqualTo(plain.size());
            if (step % LOOKUP_EVERY == 0) {
                String name = random.name();
                assertThat(matches(name))
                        .as("seed %d, name %s", seed, name)
                        .containsExactlyInAnyOrderElementsOf(matches(plain, name));
            }
        }
    }

    private List<Map.Entry<String, Integer>> matches(String name) {
        List<Map.Entry<String, Integer>> found = new ArrayList<>();
        trie.match(name, (owner, subscription) -> found.add(Map.entry(owner, subscription)));
        return found;
    }

    private static List<Map.Entry<String, Integer>> matches(Map<Key, Integer> plain, String name) {
        return plain.entrySet().stream()
                .filter(entry -> entry.getKey().filter.matches(name))
                .map(entry -> Map.entry(entry.getKey().owner, entry.getValue()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void listsEachFilterThatHasAnOwnerOnce(long seed) {
        RandomTopics random = new RandomTopics(seed);
        Map<String, Integer> plain = new HashMap<>();
        for (int step = 0; step < 500; step++) {
            TopicFilter filter = random.filter();
            trie.put(filter, "one", step);
            trie.put(filter, "two", step);
            plain.put(filter.text(), step);
        }

        List<String> filters = new ArrayList<>();
        trie.forEachFilter(filters::add);

        assertThat(filters).containsExactlyInAnyOrderElementsOf(plain.keySet());
    }

    @Test
    void meetsAnOwnerWithOverlappingFiltersOnceForEach() {
        trie.put(new TopicFilter("a/#"), "one", 1);
        trie.put(new TopicFilter("a/+"), "one", 2);
        trie.put(new TopicFilter("a/b"), "one", 3);

        assertThat(matches("a/b")).extracting(Map.Entry::getValue).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void isEmptyAgainWhenTheLastSubscriptionIsGone() {
        trie.put(new TopicFilter("a/+/c"), "one", 1);
        trie.put(new TopicFilter("a/+/c"), "two", 2);

        trie.remove(new TopicFilter("a/+/c"), "one");
        trie.remove(new TopicFilter("a/+/c"), "two");

        List<String> filters = new ArrayList<>();
        trie.forEachFilter(filters::add);
        assertThat(filters).isEmpty();
        assertThat(trie.size()).isZero();
    }
}
