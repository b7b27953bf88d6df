package io.sluice.router.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.Origin;
import io.sluice.wire.Qos;
import io.sluice.wire.StoredWill;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.TopicFilter;
import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One incarnation of a gateway as the router sees it: commands go out, and records of its fanout partition come in. */
final class FakeGateway implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Topics topics;
    private final String incarnation;
    private final int slot;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Deque<Fanout> received = new ArrayDeque<>();
    private long requests;

    FakeGateway(String bootstrapServers, Topics topics, String incarnation, int slot) {
        this.topics = topics;
        this.incarnation = incarnation;
        this.slot = slot;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        TopicPartition mine = new TopicPartition(topics.fanout(), Topics.fanoutPartition(slot));
        consumer.assign(List.of(mine));
        consumer.seekToEnd(List.of(mine));
        consumer.position(mine);
    }

    String incarnation() {
        return incarnation;
    }

    /** Writes a command and returns where it stands. */
    long send(String clientId, Command command) throws InterruptedException, ExecutionException {
        int partition = ClientPartitions.of(clientId.getBytes(UTF_8), topics.partitions());
        return producer.send(new ProducerRecord<>(topics.commands(), partition, command.key(), command.value()))
                .get()
                .offset();
    }

    /** Asks for a session of an hour and returns the epoch. */
    long attach(String clientId, boolean cleanStart, StoredWill will) throws Exception {
        return send(
                clientId,
                new ClientCommand.Attach(
                        clientId,
                        incarnation,
                        slot,
                        ++requests,
                        System.currentTimeMillis(),
                        cleanStart,
                        3_600,
                        5,
                        60,
                        "127.0.0.1:1",
                        will));
    }

    void subscribe(String clientId, long epoch, String filter, Qos qos) throws Exception {
        SubscriptionOptions options = new SubscriptionOptions(qos, false, false, 0);
        send(
                clientId,
                new ClientCommand.Subscribe(
                        clientId,
                        epoch,
                        logEnds(),
                        List.of(new ClientCommand.Subscribe.Requested(new TopicFilter(filter), options))));
    }

    void settle(String clientId, long epoch, List<Origin> origins) throws Exception {
        send(
                clientId,
                new Command.Progress(List.of(
                        new Command.Progress.Session(clientId, epoch, origins, List.of(), List.of(), List.of()))));
    }

    void detach(String clientId, long epoch) throws Exception {
        send(
                clientId,
                new ClientCommand.Detach(
                        clientId, epoch, -1, ClientCommand.WillAction.FORGET, null, "client took leave"));
    }

    long[] logEnds() {
        List<TopicPartition> partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.publish(), partition))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(Set.copyOf(partitions));
        return partitions.stream().mapToLong(ends::get).toArray();
    }

    /** The next record for this gateway. */
    Fanout next() throws DamagedRecordException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (received.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("nothing came for " + incarnation);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Fanout message = Fanout.decode(record.key(), record.value());
                if (message.incarnation().equals(incarnation)) {
                    received.add(message);
                }
            }
        }
        return received.remove();
    }

    /** The next page; evictions and refusals before it are passed over. */
    Fanout.Page nextPage() throws DamagedRecordException {
        while (true) {
            if (next() instanceof Fanout.Page page) {
                return page;
            }
        }
    }

    /**
     * Pulls until it has all that the session has not settled below the log's end as of now. A page may repeat what is not
     * settled; the rest must come once and in order.
     */
    List<Fanout.Entry> drain(String clientId, long epoch, Fanout.Page first) throws Exception {
        long[] ends = logEnds();
        List<Fanout.Entry> entries = new ArrayList<>(first.entries());
        Fanout.Page page = first;
        while (!page.last() || isBelow(page.completeBelow(), ends)) {
            send(clientId, new ClientCommand.Pull(clientId, epoch, ++requests, page.completeBelow()));
            page = nextPage();
            entries.addAll(page.entries());
        }
        Map<Integer, Long> last = new HashMap<>();
        for (Fanout.Entry entry : entries) {
            Long before = last.put(entry.origin().partition(), entry.origin().offset());
            if (before != null && before >= entry.origin().offset()) {
                throw new AssertionError(entry.origin() + " comes behind " + before);
            }
        }
        return entries;
    }

    private static boolean isBelow(long[] offsets, long[] others) {
        for (int p = 0; p < offsets.length; p++) {
            if (offsets[p] < others[p]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close();
    }
}
