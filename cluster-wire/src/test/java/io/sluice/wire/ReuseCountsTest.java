package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReuseCountsTest {

    @Test
    void countsEachIdentifierAsAMapWould() throws DamagedRecordException {
        Random random = new Random(1);
        for (int run = 0; run < 50; run++) {
            ReuseCounts counts = new ReuseCounts();
            Map<Integer, Integer> expected = new HashMap<>();
            for (int i = 0; i < 500; i++) {
                int id = random.nextInt(5) == 0 ? 0xFFFF - random.nextInt(3) : 1 + random.nextInt(20);
                int count = counts.of(id) + random.nextInt(3);
                counts.raise(id, count);
                expected.put(id, Math.max(count, expected.getOrDefault(id, 0)));
            }
            for (int id = 1; id <= 0xFFFF; id++) {
                assertThat(counts.of(id)).isEqualTo(expected.getOrDefault(id, 0));
            }
            WireWriter out = new WireWriter();
            counts.write(out);
            assertThat(ReuseCounts.read(new WireReader(out.toBytes(), "counts")))
                    .isEqualTo(counts);
        }
    }

    @Test
    void needsTheSameRoomHoweverOftenIdentifiersAreTakenInTurn() {
        ReuseCounts counts = new ReuseCounts();
        for (int turn = 1; turn <= 3; turn++) {
            for (int id = 1; id <= 0xFFFF; id++) {
                counts.raise(id, turn);
            }
        }
        WireWriter out = new WireWriter();
        counts.write(out);
        assertThat(out.toBytes()).hasSizeLessThan(10);
    }
}
