package io.sluice.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class NoLeaksTest {

    @Test
    void seesABufferThatIsLost() {
        lose();
        Awaitility.await("the buffer is missed")
                .untilAsserted(() -> assertThat(LeakWatch.leaks()).isNotEmpty());
        assertThat(LeakWatch.leaks()).as("it is told once").isEmpty();
    }

    private static void lose() {
        PooledByteBufAllocator.DEFAULT.directBuffer().writeByte(1);
    }
}
