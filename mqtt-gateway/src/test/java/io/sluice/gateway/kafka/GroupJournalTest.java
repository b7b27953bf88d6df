package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupJournalTest {

    private static final GroupId GROUP = GroupId.of("$share/g/t");
    private static final GroupId OTHER = GroupId.of("$share/other/t");

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final Queue<Runnable> onTail = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final GroupJournal journal = new GroupJournal(producer, "commands", 1, onTail::add);
    private final List<String> durable = new ArrayList<>();

    @BeforeEach
    void start() {
        journal.start(timer);
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private void append(GroupId group, String name) {
        journal.append(new GroupCommand.Leave(group, name), offset -> durable.add(name));
    }

    private void runTail() {
        for (Runnable task = onTail.poll(); task != null; task = onTail.poll()) {
            task.run();
        }
    }

    private List<String> sent() {
        return producer.history().stream()
                .map(record -> ((GroupCommand.Leave) decode(record.key(), record.value())).incarnation())
                .toList();
    }

    private static Command decode(byte[] key, byte[] value) {
        try {
            return Command.decode(key, value);
        } catch (DamagedRecordException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatKafkaDoesNotTakeIsTriedAgainAndWhatStandsBehindItWaits() {
        producer.sendException = new TimeoutException("the buffer is full");
        append(GROUP, "first");
        producer.sendException = null;
        append(GROUP, "second");
        append(OTHER, "of another group");
        assertThat(sent()).containsExactly("of another group");
        assertThat(journal.isTaken(GROUP)).isFalse();
        assertThat(journal.isTaken(OTHER)).isTrue();
        assertThat(journal.waiting()).isEqualTo(2);

        producer.completeNext();
        await().untilAsserted(() -> {
            runTail();
            assertThat(sent()).containsExactly("of another group", "first");
        });
        producer.completeNext();
        runTail();
        assertThat(sent()).containsExactly("of another group", "first", "second");
        producer.completeNext();
        runTail();
        assertThat(durable).containsExactly("of another group", "first", "second");
        assertThat(journal.isTaken(GROUP)).isTrue();
        assertThat(journal.waiting()).isZero();
        assertThat(journal.disorders()).isZero();
    }

    @Test
    void whatKafkaRefusesAfterItHadTakenItIsWrittenAgainAndTold() throws InterruptedException {
        append(GROUP, "first");
        append(GROUP, "second");
        Thread kafka = new Thread(() -> {
            producer.errorNext(new TopicAuthorizationException("commands"));
            producer.completeNext();
        });
        kafka.start();
        kafka.join();
        runTail();
        assertThat(durable).containsExactly("second");
        assertThat(journal.disorders()).isEqualTo(1);

        append(GROUP, "third");
        await().untilAsserted(() -> {
            runTail();
            assertThat(sent()).containsExactly("first", "second", "first");
        });
        producer.completeNext();
        runTail();
        producer.completeNext();
        runTail();
        assertThat(durable).containsExactly("second", "first", "third");
    }
}
