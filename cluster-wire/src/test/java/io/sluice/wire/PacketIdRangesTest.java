package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketIdRangesTest {

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 4095", "3, 65532", "12, 4095", "64, 4095", "1000, 1", "1000, 0", "1, 65534"})
    void givesEveryIdToOnePartitionAtMostOrAssignsIt(int partitions, int assigned) {
        PacketIdRanges ranges = new PacketIdRanges(partitions, assigned);
        int[] ids = new int[partitions];
        int assignedIds = 0;
        for (int id = 1; id <= 65_535; id++) {
            int partition = ranges.partitionOf(id);
            assertThat(partition).isBetween(-1, partitions - 1);
            if (partition >= 0) {
                ids[partition]++;
                assertThat(ranges.isAssigned(id)).isFalse();
            } else if (ranges.isAssigned(id)) {
                assignedIds++;
            }
        }
        assertThat(ids).containsOnly(ranges.size());
        assertThat(assignedIds).isEqualTo(assigned);
        assertThat(ranges.lastAssigned() - ranges.firstAssigned() + 1).isEqualTo(assigned);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 65532", "12, 4095", "1000, 1"})
    void findsTheIdOfAMessageInTheRangeOfItsPartition(int partitions, int assigned) {
        PacketIdRanges ranges = new PacketIdRanges(partitions, assigned);
        Random random = new Random(partitions);
        for (int round = 0; round < 10_000; round++) {
            int partition = random.nextInt(partitions);
            long offset = random.nextLong() >>> (2 + random.nextInt(60));

            int id = ranges.id(partition, offset);

            assertThat(id).isBetween(1, 65_535);
            assertThat(ranges.partitionOf(id)).isEqualTo(partition);
            assertThat(ranges.id(partition, offset + ranges.size())).isEqualTo(id);
            if (ranges.size() > 1) {
                assertThat(ranges.id(partition, offset + 1)).isNotEqualTo(id);
            }
        }
    }

    @Test
    void knowsWhatIsNoIdOfAPartition() {
        PacketIdRanges ranges = new PacketIdRanges(12, PacketIdRanges.DEFAULT_ASSIGNED);

        assertThat(ranges.partitionOf(0)).isEqualTo(-1);
        assertThat(ranges.partitionOf(65_535)).isEqualTo(-1);
        assertThat(ranges.isAssigned(65_535)).isTrue();
        assertThat(ranges.isAssigned(65_536)).isFalse();
    }

    @Test
    void refusesToShareOutWhatIsNotThere() {
        assertThatThrownBy(() -> new PacketIdRanges(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PacketIdRanges(1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PacketIdRanges(4, 65_532)).isInstanceOf(IllegalArgumentException.class);
    }
}
