package io.sluice.router.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.router.topology.HeldBackStore.Walk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a task of Kafka Streams, whose driver commits after each record. */
class HeldBackStoreTest {

    private final List<String> answers = new ArrayList<>();
    private HeldBackStore store;
    private TopologyTestDriver driver;
    private TestInputTopic<String, String> steps;
    private TestOutputTopic<String, String> changelog;

    @BeforeEach
    void start(@TempDir Path folder) {
        Topology topology = new Topology();
        topology.addSource("steps", new StringDeserializer(), new StringDeserializer(), "steps");
        topology.addProcessor("do", Doing::new, "steps").addStateStore(HeldBackStore.builder("store"), "do");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        driver = new TopologyTestDriver(topology, properties);
        steps = driver.createInputTopic("steps", new StringSerializer(), new StringSerializer());
        changelog =
                driver.createOutputTopic("test-store-changelog", new StringDeserializer(), new StringDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    /** A value is a list of steps, such as {@code a=1 a+1 a~1 b? a- a! [a,c) [a,c]}, which are all done before the next commit. */
    private final class Doing implements Processor<String, String, Void, Void> {
        @Override
        public void init(ProcessorContext<Void, Void> context) {
            store = context.getStateStore("store");
        }

        @Override
        public void process(Record<String, String> record) {
            for (String step : record.value().split(" ", -1)) {
                String key = step.substring(0, 1);
                if (step.endsWith("-")) {
                    store.put(bytes(key), null);
                } else if (step.endsWith("!")) {
                    store.remove(bytes(key));
                } else if (step.endsWith("?")) {
                    answers.add(text(store.get(bytes(key))));
                } else if (step.endsWith(")")) {
                    answers.add(walk(step.substring(1, 2), step.substring(3, 4)));
                } else if (step.endsWith("]")) {
                    Bytes last = store.last(bytes(step.substring(1, 2)), bytes(step.substring(3, 4)));
                    answers.add(text(last == null ? null : last.get()));
                } else if (step.charAt(1) == '+') {
                    store.add(bytes(key), step.substring(2).getBytes(UTF_8));
                } else if (step.charAt(1) == '~') {
                    store.replace(bytes(key), step.substring(2).getBytes(UTF_8));
                } else {
                    store.put(bytes(key), step.substring(2).getBytes(UTF_8));
                }
            }
        }
    }

    private String walk(String from, String to) {
        List<String> met = new ArrayList<>();
        try (Walk walk = store.walk(bytes(from), bytes(to))) {
            while (walk.next()) {
                met.add(new String(walk.key(), UTF_8) + "=" + text(walk.value()));
            }
        }
        return String.join(",", met);
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(UTF_8));
    }

    private static String text(byte[] value) {
        return value == null ? "none" : new String(value, UTF_8);
    }

    private List<String> logged() {
        return changelog.readRecordsToList().stream()
                .map(record -> record.key() + "=" + record.value())
                .toList();
    }

    @Test
    void writesNothingForWhatIsPutAndRemovedBetweenTwoCommits() {
        steps.pipeInput("k", "a=1 b=2 a? a- a?");

        assertThat(logged()).containsExactly("b=2");
        assertThat(answers).containsExactly("1", "none");
    }

    @Test
    void writesTheLastValueOnce() {
        steps.pipeInput("k", "a=1 a=2 a=3");

        assertThat(logged()).containsExactly("a=3");
    }

    @Test
    void writesTheRemovalOfWhatWasCommitted() {
        steps.pipeInput("k", "a=1");
        logged();

        steps.pipeInput("k", "a=2 a- b-");

        assertThat(logged()).containsExactly("a=null");
        steps.pipeInput("k", "a?");
        assertThat(answers).containsExactly("none");
    }

    @Test
    void removesWhatIsThereWithoutALookAtIt() {
        steps.pipeInput("k", "a=1 b=1");
        logged();

        steps.pipeInput("k", "a! a? b=2 b! b? c=1 c! c? [a,d)");

        assertThat(answers).containsExactly("none", "none", "none", "");
        assertThat(logged()).containsExactly("a=null", "b=null");
    }

    @Test
    void setsWhatIsKnownToBeThereOrNotWithoutALookAtIt() {
        steps.pipeInput("k", "a=1 b+1 c+1 c! b?");
        assertThat(logged()).containsExactly("a=1", "b=1");

        steps.pipeInput("k", "a~2 b~2 b! d+1 d~2 a? b? d?");

        assertThat(answers).containsExactly("1", "2", "none", "2");
        assertThat(logged()).containsExactly("a=2", "b=null", "d=2");
    }

    @Test
    void findsTheLastKeyOfAStretchWhetherHeldBackOrNot() {
        steps.pipeInput("k", "b=1 d=1");

        steps.pipeInput("k", "[a,z] c=1 [a,z] [a,d] e=1 [a,z] [f,z] [a,b]");

        assertThat(answers).containsExactly("d", "d", "c", "e", "none", "none");
    }

    @Test
    void hasWhatWasCommitted() {
        steps.pipeInput("k", "a=1");
        steps.pipeInput("k", "a?");

        assertThat(answers).containsExactly("1");
    }

    @Test
    void doesWhatIsToBeDoneBeforeACommitWithinIt() {
        steps.pipeInput("k", "a=1");
        store.beforeCommit(() -> store.put(bytes("z"), "late".getBytes(UTF_8)));
        logged();

        steps.pipeInput("k", "a=2");

        assertThat(logged()).containsExactlyInAnyOrder("a=2", "z=late");
    }

    /** Whether held back or not, an entry is met where it belongs. */
    @Test
    void isWhatAMapIs() {
        Random random = new Random(1);
        NavigableMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            List<String> commit = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int step = random.nextInt(6); step >= 0; step--) {
                String key = letter(random);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        commit.add(key + "-");
                        map.remove(key);
                    }
                    case 1 -> {
                        String to = letter(random);
                        commit.add("[" + key + "," + to + ")");
                        expected.add(key.compareTo(to) > 0 ? "" : entries(map, key, to));
                    }
                    default -> {
                        commit.add(key + "=" + i);
                        map.put(key, Integer.toString(i));
                    }
                }
            }
            answers.clear();
            steps.pipeInput("k", String.join(" ", commit));
            assertThat(answers).as(String.join(" ", commit)).isEqualTo(expected);
        }
        assertThat(logged()).isNotEmpty();
        steps.pipeInput(new TestRecord<>("k", "[a,z)"));
        assertThat(answers).endsWith(entries(map, "a", "z"));
    }

    private static String letter(Random random) {
        return Character.toString('a' + random.nextInt(12));
    }

    private static String entries(NavigableMap<String, String> map, String from, String to) {
        return String.join(
                ",",
                map.subMap(from, to).entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
    }
}
