package io.sluice.microbench;

import io.sluice.wire.FilterTrie;
import io.sluice.wire.TopicFilter;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Matching a topic against many subscriptions, and changing one of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class FilterTrieBenchmark {

    private static final int TOPICS = 1 << 12;
    private static final int SITES = 100;

    /** How filters look: each owner has its own topic, or {@code +} or {@code #} in it. */
    public enum Shape {
        /** {@code site/7/device/42/temperature}. */
        EXACT,
        /** {@code site/+/device/42/#}. */
        WILDCARD
    }

    /** Subscriptions, one for each owner. */
    @Param({"1000", "1000000"})
    public int subscriptions;

    /** Of all filters. */
    @Param
    public Shape shape;

    private final FilterTrie<Integer, String> trie = new FilterTrie<>();
    private String[] topics;
    private TopicFilter[] changing;
    private int next;

    /** Fills the trie. */
    @Setup
    public void fill() {
        for (int owner = 0; owner < subscriptions; owner++) {
            trie.put(filter(owner), owner, "subscription");
        }
        int[] owners = new Random(1).ints(TOPICS, 0, subscriptions).toArray();
        topics = IntStream.of(owners).mapToObj(FilterTrieBenchmark::topic).toArray(String[]::new);
        changing = IntStream.of(owners).mapToObj(owner -> filter(owner)).toArray(TopicFilter[]::new);
    }

    private TopicFilter filter(int owner) {
        return new TopicFilter(shape == Shape.EXACT ? topic(owner) : "site/+/device/" + owner + "/#");
    }

    private static String topic(int owner) {
        return "site/" + owner % SITES + "/device/" + owner + "/temperature";
    }

    /** Finds the one subscription of a topic. */
    @Benchmark
    public void match(Blackhole subscribers) {
        next = (next + 1) % TOPICS;
        trie.match(topics[next], (owner, subscription) -> subscribers.consume(owner));
    }

    /** One more subscription to a filter that another owner has, and its end. */
    @Benchmark
    public String putAndRemove() {
        next = (next + 1) % TOPICS;
        trie.put(changing[next], -1, "another");
        return trie.remove(changing[next], -1);
    }
}
