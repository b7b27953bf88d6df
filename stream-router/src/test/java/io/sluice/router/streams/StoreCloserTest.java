package io.sluice.router.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StoreCloserTest {

    private final Queue<String> closed = new ConcurrentLinkedQueue<>();

    @Test
    void closesAtOnceWhatIsGivenToAnotherTask() throws InterruptedException {
        try (StoreCloser closer = new StoreCloser(Duration.ofMinutes(1))) {
            closer.execute(() -> closed.add(Thread.currentThread().getName()));
            assertThat(closed).containsExactly(Thread.currentThread().getName());
        }
    }

    /** The group would have to wait, and with it the clients of those who take over. */
    @Test
    void nobodyWaitsForItWhenTheRouterLeaves() throws InterruptedException {
        CountDownLatch left = new CountDownLatch(1);
        try (StoreCloser closer = new StoreCloser(Duration.ofMinutes(1))) {
            closer.leave();
            for (int i = 0; i < 12; i++) {
                String store = "store " + i;
                closer.execute(() -> {
                    awaitQuietly(left);
                    closed.add(store);
                });
            }
            assertThat(closed).isEmpty();
            left.countDown();
        }
        assertThat(closed).hasSize(12);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
