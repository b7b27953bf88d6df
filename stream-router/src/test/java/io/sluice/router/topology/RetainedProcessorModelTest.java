package io.sluice.router.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.RetainedRecord;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The processor under random interleavings of everything that can happen to one partition: messages, writes that are on
 * their way, what is read back early or late, commits, crashes, and predecessors that sleep and wake up. A crash loses
 * writes that are on their way, and keeps of the state what a commit has made safe or any more recent state.
 */
class RetainedProcessorModelTest {

    private static final Topics TOPICS = new Topics("", 1);
    private static final int STEPS = 300;
    /** Steps with failures in which nothing new comes that could make good what a failure has lost. */
    private static final int QUIET_STEPS = 100;

    private static final int RUNS = 100;
    /** Few are written often, many once: what is lost of those is not made good by a later message. */
    private static final int NAMES = 12;

    /** A record of the log or of what is retained; the offset is that of the origin. */
    private record Entry(String topic, String payload, long offset) {}

    /** What a writer can start from. */
    private record Committed(Map<Bytes, byte[]> state, int logPosition, int retainedPosition) {}

    @TempDir
    private Path folder;

    private Random random;
    private List<Entry> log;
    private List<Entry> retained;
    private List<Map<Bytes, byte[]>> statesSinceCommit;
    private Committed committed;
    private Writer current;
    private List<Writer> sleeping;
    private boolean publishing;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void endsWithTheNewestMessageOfEachTopicWhateverHappens(long seed) {
        for (int run = 0; run < RUNS; run++) {
            begin(seed * RUNS + run);
            for (int step = 0; step < STEPS; step++) {
                stepWithFailures();
            }
            publishing = false;
            for (int step = 0; step < QUIET_STEPS; step++) {
                stepWithFailures();
            }

            wakeAllAndFinish();

            assertThat(newest(retained)).as("seed %d, run %d", seed, run).isEqualTo(newest(log));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void writesEachMessageOnceWhenNothingFails(long seed) {
        for (int run = 0; run < RUNS; run++) {
            begin(seed * RUNS + run);
            for (int step = 0; step < STEPS; step++) {
                stepWithoutFailures();
            }

            wakeAllAndFinish();

            assertThat(retained).as("seed %d, run %d", seed, run).isEqualTo(log);
        }
    }

    private void begin(long seed) {
        random = new Random(seed);
        log = new ArrayList<>();
        retained = new ArrayList<>();
        sleeping = new ArrayList<>();
        publishing = true;
        startWriter(new Committed(Map.of(), 0, 0));
    }

    private void startWriter(Committed from) {
        committed = from;
        statesSinceCommit = new ArrayList<>(List.of(from.state));
        current = new Writer(from);
    }

    /** The writer is faster than the publishers, so that it often stands at the end of the log. */
    private void stepWithoutFailures() {
        switch (random.nextInt(7)) {
            case 0 -> publish();
            case 1, 2 -> current.readLog();
            case 3, 4 -> current.readBack();
            default -> current.deliver();
        }
    }

    private void stepWithFailures() {
        switch (random.nextInt(30)) {
            case 0 -> startWriter(recovered());
            case 1 -> {
                sleeping.add(current);
                startWriter(recovered());
            }
            case 2 -> commit();
            case 3, 4, 5, 6 -> wakeOne();
            default -> stepWithoutFailures();
        }
    }

    private void publish() {
        if (!publishing) {
            return;
        }
        String payload = random.nextInt(3) == 0 ? "" : "message " + log.size();
        String name = "topic/" + random.nextInt(1 + random.nextInt(NAMES));
        log.add(new Entry(name, payload, log.size()));
    }

    private void commit() {
        current.deliverAll();
        committed = new Committed(current.state(), current.logPosition, current.retainedPosition);
        statesSinceCommit = new ArrayList<>(List.of(committed.state));
    }

    private Committed recovered() {
        Map<Bytes, byte[]> state = statesSinceCommit.get(random.nextInt(statesSinceCommit.size()));
        return new Committed(state, committed.logPosition, committed.retainedPosition);
    }

    /** A sleeping writer delivers what it had on its way, or goes on with what it had fetched. */
    private void wakeOne() {
        if (!sleeping.isEmpty()) {
            Writer writer = sleeping.get(random.nextInt(sleeping.size()));
            switch (random.nextInt(4)) {
                case 0 -> writer.readLog();
                case 1 -> sleeping.remove(writer);
                default -> writer.deliver();
            }
        }
    }

    private void wakeAllAndFinish() {
        sleeping.forEach(Writer::deliverAll);
        int bound = 20 * (log.size() + retained.size() + 1);
        while (current.readLog() || current.deliver() || current.readBack()) {
            assertThat(bound--).as("steps left to come to rest").isPositive();
        }
    }

    private static Map<String, Entry> newest(List<Entry> entries) {
        Map<String, Entry> newest = new HashMap<>();
        entries.forEach(entry -> newest.put(entry.topic, entry));
        return newest;
    }

    /** One process with the task: its positions, its state and its writes on their way. */
    private final class Writer {

        private final MockProcessorContext<byte[], Outgoing> context;
        private final KeyValueStore<Bytes, byte[]> store;
        private final RetainedProcessor processor;
        private final Deque<Entry> onTheirWay = new ArrayDeque<>();
        private int logPosition;
        private int retainedPosition;

        Writer(Committed from) {
            Properties properties = new Properties();
            properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "model");
            properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
            context = new MockProcessorContext<>(properties, new TaskId(0, 0), folder.toFile());
            store = Stores.inMemoryKeyValueStore(RetainedTopology.WINNERS).get();
            store.init(context.getStateStoreContext(), store);
            from.state.forEach(store::put);
            context.setCurrentSystemTimeMs(0);
            processor = new RetainedProcessor(
                    new TopologyConfig(TOPICS, Duration.ofHours(24), new TopicIds("log", "retained")),
                    new RecordingEvents());
            processor.init(context);
            logPosition = from.logPosition;
            retainedPosition = from.retainedPosition;
        }

        boolean readLog() {
            if (logPosition == log.size()) {
                return false;
            }
            process(TOPICS.publish(), log.get(logPosition), logPosition);
            logPosition++;
            return true;
        }

        boolean readBack() {
            if (retainedPosition == retained.size()) {
                return false;
            }
            process(TOPICS.retained(), retained.get(retainedPosition), retainedPosition);
            retainedPosition++;
            return true;
        }

        private void process(String topic, Entry entry, long offset) {
            Headers headers = new RecordHeaders().add("mqtt.retain", "1".getBytes(UTF_8));
            if (topic.equals(TOPICS.retained())) {
                RetainedRecord.writeOrigin(headers, 0, entry.offset);
            }
            context.setRecordMetadata(topic, 0, offset);
            processor.process(new Record<>(entry.topic.getBytes(UTF_8), entry.payload.getBytes(UTF_8), 0, headers));
            context.forwarded(RetainedTopology.RETAINED).forEach(forward -> onTheirWay.add(entry(forward.record())));
            context.resetForwards();
            if (this == current) {
                statesSinceCommit.add(state());
            }
        }

        private static Entry entry(Record<? extends byte[], ? extends Outgoing> record) {
            String origin =
                    new String(record.headers().lastHeader("mqtt.origin").value(), UTF_8);
            byte[] payload = record.value().value();
            return new Entry(
                    new String(record.key(), UTF_8),
                    payload == null ? "" : new String(payload, UTF_8),
                    Long.parseLong(origin.substring("0:".length())));
        }

        boolean deliver() {
            return !onTheirWay.isEmpty() && retained.add(onTheirWay.remove());
        }

        void deliverAll() {
            retained.addAll(onTheirWay);
            onTheirWay.clear();
        }

        Map<Bytes, byte[]> state() {
            Map<Bytes, byte[]> state = new HashMap<>();
            try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
                all.forEachRemaining(entry -> state.put(entry.key, entry.value));
            }
            return state;
        }
    }
}
