package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiptsTest {

    private final Receipts receipts = new Receipts(3);

    @Test
    void aMessageCountsWhenAllReceiversHaveIt() {
        assertThat(receipts.count(0)).isFalse();
        assertThat(receipts.count(1)).isFalse();
        assertThat(receipts.ofAll()).isZero();
        assertThat(receipts.count(2)).isTrue();
        assertThat(receipts.ofAll()).isEqualTo(1);
    }

    @Test
    void theSlowestReceiverCountsHoweverFarTheOthersAre() {
        for (int message = 0; message < 100; message++) {
            assertThat(receipts.count(0)).isFalse();
            assertThat(receipts.count(1)).isFalse();
        }

        assertThat(receipts.count(2)).isTrue();
        assertThat(receipts.count(2)).isTrue();
        assertThat(receipts.ofAll()).isEqualTo(2);
    }

    @Test
    void oneReceiverIsTheSlowest() {
        Receipts one = new Receipts(1);

        assertThat(one.count(0)).isTrue();
        assertThat(one.count(0)).isTrue();
        assertThat(one.ofAll()).isEqualTo(2);
    }
}
