package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettledOffsetsTest {

    private static final int END = 60;

    /** Against a set of all settled offsets. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void knowsWhatWasAddedAndNothingElse(long seed) throws DamagedRecordException {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int start = random.nextInt(10);
            SettledOffsets settled = new SettledOffsets(start);
            BitSet all = new BitSet();
            all.set(0, start);
            for (int i = random.nextInt(12); i > 0; i--) {
                int from = random.nextInt(END);
                int to = random.nextInt(END);
                settled.add(from, to);
                if (from < to) {
                    all.set(from, to);
                }
            }
            for (int offset = 0; offset < END; offset++) {
                assertThat(settled.contains(offset)).isEqualTo(all.get(offset));
            }
            assertThat(settled.below()).isEqualTo(all.nextClearBit(0));
            assertThat(settled.above().stream()
                            .mapToLong(range -> range.to() - range.from())
                            .sum())
                    .isEqualTo(all.cardinality() - settled.below());
            assertThat(settled.stretches()).isEqualTo(settled.above().size());
            WireWriter out = new WireWriter();
            settled.write(out);
            assertThat(SettledOffsets.read(new WireReader(out.toBytes(), "test")))
                    .isEqualTo(settled);
        }
    }

    @Test
    void stretchesThatTouchAreOne() {
        SettledOffsets settled = new SettledOffsets(0);
        settled.add(5, 7);
        settled.add(8, 9);
        settled.add(7, 8);

        assertThat(settled.above()).containsExactly(new OffsetRange(5, 9));
        settled.add(0, 5);
        assertThat(settled.below()).isEqualTo(9);
        assertThat(settled.stretches()).isZero();
    }

    @Test
    void aCopyGoesItsOwnWay() {
        SettledOffsets settled = new SettledOffsets(1);
        settled.add(4, 5);
        SettledOffsets copy = settled.copy();
        copy.add(2, 3);

        assertThat(settled.contains(2)).isFalse();
        assertThat(copy.contains(4)).isTrue();
    }
}
