package io.sluice.router.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted beside the entries against the entries themselves, under random changes, commits and restarts. */
class StoreQueueStateTest {

    private static final int PARTITIONS = 2;
    private static final int OFFSETS = 150;
    private static final List<String> CLIENTS = List.of("a", "b", "c");

    private final Random random = new Random(1);
    private HeldBackStore store;
    private StoreQueueState state;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> steps;

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
            for (int i = random.nextInt(100); i > 0; i--) {
                step();
            }
            if (random.nextInt(4) == 0) {
                // Somebody else has the store next.
                state.write();
                state = new StoreQueueState(store, PARTITIONS);
            }
        }
    }

    @Test
    void countsWhatIsThere() {
        for (int i = 0; i < 300; i++) {
            steps.pipeInput(new byte[0], new byte[0]);
            check();
        }
    }

    private void step() {
        String clientId = CLIENTS.get(random.nextInt(CLIENTS.size()));
        int partition = random.nextInt(PARTITIONS);
        long offset = random.nextInt(OFFSETS);
        switch (random.nextInt(20)) {
            case 0 -> {
                ClientState client = state.client(clientId);
                ClientState present = client == null ? new ClientState(clientId.getBytes(UTF_8), PARTITIONS) : client;
                present.terms(new ClientState.Terms(5, 0, "", false));
                present.owner(random.nextBoolean() ? new ClientState.Owner(1, "gw", 0) : null);
                state.put(clientId, present);
            }
            case 1 -> {
                if (random.nextInt(10) == 0) {
                    state.removeEntries(clientId);
                    state.remove(clientId);
                }
            }
            case 2 -> {
                Tally tally = state.tally(clientId);
                tally.told(random.nextBoolean());
                state.putTally(clientId, tally);
            }
            case 3, 4 -> state.putEntry(clientId, partition, offset, Entry.RECEIVED);
            case 5, 6 -> state.putEntry(clientId, partition, offset, Entry.SETTLED);
            case 7 -> removeStretch(clientId);
            case 8, 9, 10, 11 -> state.removeEntry(clientId, partition, offset);
            default -> state.putEntry(clientId, partition, offset, Entry.queued(message(partition, offset)));
        }
    }

    /** Some that are there, some that are not, those of one partition behind those of the other. */
    private void removeStretch(String clientId) {
        List<Origin> origins = new ArrayList<>();
        for (int p = 0; p < PARTITIONS; p++) {
            int sparse = 1 + random.nextInt(10);
            int end = random.nextInt(OFFSETS);
            for (int offset = random.nextInt(end + 1); offset < end; offset++) {
                if (random.nextInt(sparse) == 0) {
                    origins.add(new Origin(p, offset));
                }
            }
        }
        state.removeEntries(clientId, origins);
        for (Origin origin : origins) {
            assertThat(state.entry(clientId, origin.partition(), origin.offset()))
                    .isNull();
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
        long least = ClientState.NEVER;
        int expiring = 0;
        for (String clientId : CLIENTS) {
            long messages = 0;
            long received = 0;
            long oldest = Long.MAX_VALUE;
            for (int p = 0; p < PARTITIONS; p++) {
                try (QueueState.Cursor cursor = state.entries(clientId, p, 0)) {
                    while (cursor.next()) {
                        PublishRecord message = cursor.entry().message();
                        received += cursor.entry().state() == Entry.State.RECEIVED ? 1 : 0;
                        if (message != null) {
                            messages++;
                            oldest = Math.min(oldest, message.timestamp());
                            long seconds = message.properties().messageExpirySeconds();
                            if (seconds >= 0) {
                                expiring++;
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
            }
            all += messages;
        }
        assertThat(state.size(List.of(), 0).messages()).isEqualTo(all);
        assertThat(state.firstExpiry()).isLessThanOrEqualTo(least);
        assertThat(state.size(List.of(), 0).atLeast().get(0))
                .isEqualTo(CLIENTS.stream()
                        .filter(id -> state.tally(id).messages() > 0)
                        .count());
        if (random.nextInt(5) == 0) {
            List<QueueState.Place> expired = new ArrayList<>();
            state.expired(ClientState.NEVER - 1, Integer.MAX_VALUE, expired::add);
            assertThat(expired).hasSize(expiring);
            expired.forEach(place -> state.removeEntry(place.clientId(), place.partition(), place.offset()));
        }
    }
}
