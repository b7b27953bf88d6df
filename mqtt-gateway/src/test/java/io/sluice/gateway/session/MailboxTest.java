package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {

    @Test
    void wakesTheLoopOnceForAllThatGathers() {
        List<Runnable> wakeUps = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        AtomicInteger batches = new AtomicInteger();
        Mailbox<Integer> mailbox = new Mailbox<>(wakeUps::add, seen::add, batches::incrementAndGet);
        mailbox.offer(1);
        mailbox.offer(2);
        assertThat(wakeUps).hasSize(1);

        wakeUps.remove(0).run();
        assertThat(seen).containsExactly(1, 2);
        assertThat(batches).hasValue(1);

        mailbox.offer(3);
        assertThat(wakeUps).hasSize(1);
    }

    @Test
    void losesAndReordersNothingBetweenThreads() throws Exception {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        List<Integer> seen = new ArrayList<>();
        Mailbox<Integer> mailbox = new Mailbox<>(loop, seen::add, () -> {});
        int count = 200_000;
        for (int i = 0; i < count; i++) {
            mailbox.offer(i);
        }
        loop.shutdown();
        assertThat(loop.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).hasSize(count).isSorted();
    }
}
