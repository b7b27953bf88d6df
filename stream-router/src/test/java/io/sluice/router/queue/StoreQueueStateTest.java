package io.sluice.router.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entries, and what is counted beside them, against a plain map of them, under random changes, commits and restarts. */
class StoreQueueStateTest {

    private static final int PARTITIONS = 2;
    private static final int OFFSETS = 150;
    private static final List<String> CLIENTS = List.of("a", "b", "c");

    private final Random random = new Random(1);
    /** By client. */
    private final Map<String, Long> sessions = new HashMap<>();
    /** By client and partition. */
    private final Map<String, List<NavigableMap<Long, Entry>>> expected = new HashMap<>();

    private long lastSession;
    private HeldBackStore store;
    private StoreQueueState state;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> steps;
    private TestOutputTopic<byte[], byte[]> changelog;
    private Runnable doing = () -> {
        for (int i = random.nextInt(100); i > 0; i--) {
            step();
        }
        if (random.nextInt(4) == 0) {
            // Somebody else has the store next.
            state.write();
            state = new StoreQueueState(store, PARTITIONS);
        }
    };

    @BeforeEach
    void start(@TempDir Path folder) {
        Topology topology = new Topology();
        topology.addSource("steps", new ByteArrayDeserializer(), new ByteArrayDeserializer(), "steps");
        topology.addProcessor("do", Doing::new, "steps").addStateStore(HeldBackStore.builder("store"), "do");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        driver = new TopologyTestDriver(topology, properties);
        steps = driver.createInputTopic("steps", new ByteArraySerializer(), new ByteArraySerializer());
        changelog = driver.createOutputTopic(
                "test-store-changelog", new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    /** Each record is some random steps; the driver commits behind it. */
    private final class Doing implements Processor<byte[], byte[], byte[], byte[]> {
        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            store = context.getStateStore("store");
            store.beforeCommit(() -> state.write());
            state = new StoreQueueState(store, PARTITIONS);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            doing.run();
        }
    }

    @Test
    void hasAndCountsWhatIsThere() {
        for (int i = 0; i < 500; i++) {
            steps.pipeInput(new byte[0], new byte[0]);
            check();
        }
    }

    /** One whose session is older ends while another's entries are being removed. */
    @Test
    void removesAllOfSeveralSessionsThatHaveEnded() {
        doing = () -> {
            client("a");
            client("b");
        };
        steps.pipeInput(new byte[0], new byte[0]);
        for (int i = 0; i < 10; i++) {
            long offset = i;
            doing = () -> {
                put("a", 0, offset, Entry.SETTLED);
                put("b", 0, offset, Entry.queued(large(offset)));
            };
            steps.pipeInput(new byte[0], new byte[0]);
        }
        doing = () -> end("b");
        steps.pipeInput(new byte[0], new byte[0]);
        doing = () -> {
            state.removeRemains();
            end("a");
        };
        steps.pipeInput(new byte[0], new byte[0]);
        assertThat(state.hasRemains()).isTrue();
        removeRemains();
    }

    private PublishRecord large(long offset) {
        return new PublishRecord(
                "t".getBytes(UTF_8),
                new byte[1 << 20],
                Qos.AT_LEAST_ONCE,
                false,
                null,
                PublishProperties.NONE,
                0,
                offset,
                1_000 + offset);
    }

    @Test
    void nothingIsLeftOfSessionsThatHaveEnded() {
        for (int i = 0; i < 100; i++) {
            steps.pipeInput(new byte[0], new byte[0]);
        }
        doing = () -> CLIENTS.forEach(clientId -> {
            client(clientId);
            end(clientId);
        });
        steps.pipeInput(new byte[0], new byte[0]);
        assertThat(state.size(List.of(), 0).messages()).isZero();
        removeRemains();
    }

    private void removeRemains() {
        doing = () -> state.removeRemains();
        for (int i = 0; state.hasRemains(); i++) {
            assertThat(i).isLessThan(1_000);
            steps.pipeInput(new byte[0], new byte[0]);
        }
        doing = () -> {
            for (int p = 0; p < PARTITIONS; p++) {
                state.settledBelow(
                        p, OFFSETS, (clientId, offset) -> assertThat(clientId).isNull());
            }
            state.expired(
                    ClientState.NEVER - 1,
                    Integer.MAX_VALUE,
                    place -> assertThat(place).isNull());
        };
        steps.pipeInput(new byte[0], new byte[0]);
        List<String> left = new ArrayList<>();
        try (HeldBackStore.Walk walk = store.walk(Bytes.wrap(new byte[0]), Bytes.wrap(new byte[] {'Z'}))) {
            while (walk.next()) {
                left.add(new String(walk.key(), 0, 1, UTF_8));
            }
        }
        assertThat(left).containsOnly("B");
    }

    private List<Integer> sizesOfWritten(Runnable todo) {
        changelog.readRecordsToList();
        doing = todo;
        steps.pipeInput(new byte[0], new byte[0]);
        return changelog.readRecordsToList().stream()
                .filter(record -> record.key()[0] == 'E')
                .map(record -> record.value() == null ? 0 : record.value().length)
                .toList();
    }

    private void putAll(int from, int to) {
        for (int offset = from; offset < to; offset++) {
            put("a", 0, offset, Entry.queued(message(0, offset)));
        }
    }

    private void removeAll(int from, int to) {
        for (int offset = from; offset < to; offset++) {
            remove("a", 0, offset);
        }
    }

    @Test
    void writesAndRemovesManyEntriesWithFewRecords() {
        sizesOfWritten(() -> client("a"));

        assertThat(sizesOfWritten(() -> putAll(0, 1_000))).hasSize(16);
        assertThat(sizesOfWritten(() -> putAll(1_000, 1_001))).hasSize(1);
        assertThat(sizesOfWritten(() -> removeAll(0, 32)))
                .singleElement()
                .satisfies(size -> assertThat(size).isLessThan(20));
        // Six blocks are done with, and one of them in two steps; another one is begun.
        assertThat(sizesOfWritten(() -> removeAll(32, 400)))
                .hasSize(8)
                .filteredOn(size -> size == 0)
                .hasSize(7);
        assertThat(sizesOfWritten(() -> removeAll(400, 1_001))).hasSize(12).containsOnly(0);
    }

    @Test
    void writesNothingOfWhatIsThereOnlyBetweenTwoCommits() {
        sizesOfWritten(() -> {
            client("a");
            putAll(0, 10);
        });

        assertThat(sizesOfWritten(() -> {
                    putAll(10, 500);
                    removeAll(10, 500);
                }))
                .isEmpty();
    }

    private void step() {
        String clientId = CLIENTS.get(random.nextInt(CLIENTS.size()));
        int partition = random.nextInt(PARTITIONS);
        long offset = random.nextInt(OFFSETS);
        ClientState client = client(clientId);
        switch (random.nextInt(20)) {
            case 0 -> {
                client.owner(random.nextBoolean() ? new ClientState.Owner(1, "gw", 0) : null);
                state.put(clientId, client);
            }
            case 1 -> {
                if (random.nextInt(10) == 0) {
                    end(clientId);
                }
            }
            case 2 -> {
                Tally tally = state.tally(clientId);
                tally.told(random.nextBoolean());
                state.putTally(clientId, tally);
            }
            case 3, 4 -> put(clientId, partition, offset, Entry.RECEIVED);
            case 5, 6 -> put(clientId, partition, offset, Entry.SETTLED);
            case 7 -> removeStretch(clientId, partition);
            case 8 -> {
                if (state.hasRemains()) {
                    state.removeRemains();
                }
            }
            case 9, 10 -> remove(clientId, partition, offset);
            case 11 -> putStretch(clientId, partition, offset);
            default -> put(clientId, partition, offset, Entry.queued(message(partition, offset)));
        }
    }

    private ClientState client(String clientId) {
        ClientState known = state.client(clientId);
        if (known != null) {
            return known;
        }
        ClientState made = new ClientState(clientId.getBytes(UTF_8), PARTITIONS);
        made.newSession(lastSession++);
        made.terms(new ClientState.Terms(5, 0, "", false));
        state.put(clientId, made);
        sessions.put(clientId, made.sessionId());
        List<NavigableMap<Long, Entry>> none = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            none.add(new TreeMap<>());
        }
        expected.put(clientId, none);
        return made;
    }

    private void end(String clientId) {
        state.sessionEnded(clientId, sessions.get(clientId));
        state.remove(clientId);
        expected.remove(clientId);
        sessions.remove(clientId);
    }

    private void put(String clientId, int partition, long offset, Entry entry) {
        state.putEntry(clientId, sessions.get(clientId), partition, offset, entry);
        expected.get(clientId).get(partition).put(offset, entry);
    }

    private void remove(String clientId, int partition, long offset) {
        state.removeEntry(clientId, sessions.get(clientId), partition, offset);
        expected.get(clientId).get(partition).remove(offset);
    }

    private void putStretch(String clientId, int partition, long from) {
        for (long offset = from; offset < Math.min(from + 100, OFFSETS); offset++) {
            put(clientId, partition, offset, Entry.queued(message(partition, offset)));
        }
    }

    /** Some that are there, some that are not, while they are walked through. */
    private void removeStretch(String clientId, int partition) {
        int sparse = 1 + random.nextInt(10);
        int end = random.nextInt(OFFSETS);
        try (QueueState.Cursor cursor = state.entries(sessions.get(clientId), partition, random.nextInt(end + 1))) {
            while (cursor.next() && cursor.offset() < end) {
                if (random.nextInt(sparse) == 0) {
                    remove(clientId, partition, cursor.offset());
                }
            }
        }
    }

    private PublishRecord message(int partition, long offset) {
        long expirySeconds = random.nextInt(3) == 0 ? random.nextInt(1_000) : -1;
        return new PublishRecord(
                "t".getBytes(UTF_8),
                new byte[random.nextInt(50)],
                Qos.AT_LEAST_ONCE,
                false,
                null,
                new PublishProperties(-1, expirySeconds, null, null, null, List.of()),
                partition,
                offset,
                1_000 + offset);
    }

    private void check() {
        long all = 0;
        long queues = 0;
        long least = ClientState.NEVER;
        List<QueueState.Place> expiring = new ArrayList<>();
        List<QueueState.Place> settled = new ArrayList<>();
        for (String clientId : expected.keySet()) {
            long messages = 0;
            long received = 0;
            long oldest = Long.MAX_VALUE;
            for (int p = 0; p < PARTITIONS; p++) {
                NavigableMap<Long, Entry> entries = expected.get(clientId).get(p);
                checkEntries(clientId, p, entries);
                for (Map.Entry<Long, Entry> entry : entries.entrySet()) {
                    QueueState.Place place = new QueueState.Place(clientId, sessions.get(clientId), p, entry.getKey());
                    PublishRecord message = entry.getValue().message();
                    switch (entry.getValue().state()) {
                        case RECEIVED -> received++;
                        case SETTLED -> settled.add(place);
                        case QUEUED -> {
                            messages++;
                            oldest = Math.min(oldest, message.timestamp());
                            long seconds = message.properties().messageExpirySeconds();
                            if (seconds >= 0) {
                                expiring.add(place);
                                least = Math.min(least, message.timestamp() + seconds * 1_000);
                            }
                        }
                    }
                }
            }
            Tally tally = state.tally(clientId);
            assertThat(tally.messages()).isEqualTo(messages);
            assertThat(tally.received()).isEqualTo(received);
            assertThat(tally.bytes() > 0).isEqualTo(messages > 0);
            if (messages > 0) {
                assertThat(tally.oldest()).isLessThanOrEqualTo(oldest);
                queues++;
            }
            all += messages;
        }
        assertThat(state.size(List.of(), 0).messages()).isEqualTo(all);
        assertThat(state.firstExpiry()).isLessThanOrEqualTo(least);
        assertThat(state.size(List.of(), 0).atLeast().get(0)).isEqualTo(queues);
        checkSettled(settled);
        if (random.nextInt(5) == 0) {
            List<QueueState.Place> expired = new ArrayList<>();
            state.expired(ClientState.NEVER - 1, Integer.MAX_VALUE, expired::add);
            assertThat(expired).containsExactlyInAnyOrderElementsOf(expiring);
            expired.forEach(place -> remove(place.clientId(), place.partition(), place.offset()));
        }
    }

    private void checkEntries(String clientId, int partition, NavigableMap<Long, Entry> entries) {
        long session = sessions.get(clientId);
        long from = random.nextInt(OFFSETS);
        List<String> found = new ArrayList<>();
        try (QueueState.Cursor cursor = state.entries(session, partition, from)) {
            while (cursor.next()) {
                found.add(text(cursor.offset(), cursor.entry()));
            }
        }
        List<String> wanted = new ArrayList<>();
        entries.tailMap(from, true).forEach((offset, entry) -> wanted.add(text(offset, entry)));
        assertThat(found).isEqualTo(wanted);
        long one = random.nextInt(OFFSETS);
        assertThat(text(one, state.entry(session, partition, one))).isEqualTo(text(one, entries.get(one)));
    }

    private static String text(long offset, Entry entry) {
        String what = entry == null ? "none" : entry.state().toString();
        return offset + " " + what
                + (entry == null || entry.message() == null
                        ? ""
                        : entry.message().weight());
    }

    private void checkSettled(List<QueueState.Place> settled) {
        int below = random.nextInt(OFFSETS);
        List<String> visited = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            int partition = p;
            state.settledBelow(p, below, (clientId, offset) -> visited.add(clientId + partition + ":" + offset));
        }
        assertThat(visited)
                .containsExactlyInAnyOrderElementsOf(settled.stream()
                        .filter(place -> place.offset() < below)
                        .map(place -> place.clientId() + place.partition() + ":" + place.offset())
                        .toList());
    }
}
