package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.group.GroupLink.Found;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {

    private static final int PARTITIONS = 3;
    private static final int BYTES = 500;
    private static final byte[] TOPIC = "t".getBytes(StandardCharsets.UTF_8);

    private final Random random = new Random(1);
    private final RecentMessages recent = new RecentMessages(PARTITIONS, BYTES);
    private final List<Origin> log = new ArrayList<>();

    private static PublishRecord message(int partition, long offset, int bytes) {
        return new PublishRecord(
                TOPIC, new byte[bytes], Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE, partition, offset, 0);
    }

    /** Against all that was ever read, with gaps as transactions and compaction leave them. */
    @Test
    void findsAllThatMatchesFromAnyPlaceThatItReaches() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            RecentMessages recent = new RecentMessages(PARTITIONS, BYTES);
            recent.keep();
            List<List<PublishRecord>> all = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            long[] next = new long[PARTITIONS];
            for (int step = 0; step < 300; step++) {
                int p = random.nextInt(PARTITIONS);
                next[p] += random.nextInt(3);
                PublishRecord message = message(p, next[p], random.nextInt(20));
                recent.passed(p, next[p]);
                if (random.nextInt(5) > 0) {
                    recent.add(message);
                    all.get(p).add(message);
                }
                next[p]++;
                int of = random.nextInt(PARTITIONS);
                long from = (long) (next[of] * random.nextDouble());
                if (recent.reaches(of, from)) {
                    check(recent, all.get(of), of, from, 1 + random.nextInt(9));
                }
            }
        }
    }

    private static void check(RecentMessages recent, List<PublishRecord> all, int partition, long from, int most) {
        List<PublishRecord> wanted = all.stream()
                .filter(message -> message.offset() >= from && isWanted(message))
                .limit(most)
                .toList();
        Found found = recent.find(partition, from, most, RecentMessagesTest::isWanted);
        assertThat(found.messages()).isEqualTo(wanted);
        assertThat(found.reached())
                .isEqualTo(
                        wanted.size() == most
                                ? wanted.get(most - 1).offset() + 1
                                : Math.max(from, recent.passed()[partition]));
    }

    private static boolean isWanted(PublishRecord message) {
        return message.payload().length % 2 == 0;
    }

    @Test
    void oneSearchLooksAtSoManyMessagesAndTellsHowFarItCame() {
        RecentMessages recent = new RecentMessages(1, 1 << 20);
        recent.keep();
        for (int offset = 0; offset < 25_000; offset++) {
            recent.passed(0, offset);
            recent.add(message(0, offset, 1));
        }
        List<Long> reached = new ArrayList<>();
        long from = 0;
        while (from < 25_000) {
            Found found = recent.find(0, from, 10, message -> false);
            assertThat(found.messages()).isEmpty();
            reached.add(found.reached());
            from = found.reached();
        }
        assertThat(reached).containsExactly(10_000L, 20_000L, 25_000L);
    }

    @Test
    void letsGoOfTheOldestWhateverTheirPartition() {
        RecentMessages recent = new RecentMessages(2, 10);
        recent.keep();
        for (int offset = 0; offset < 3; offset++) {
            for (int p = 0; p < 2; p++) {
                recent.passed(p, offset);
                recent.add(message(p, offset, 2));
            }
        }
        assertThat(recent.reaches(0, 1)).isFalse();
        assertThat(recent.reaches(0, 2)).isTrue();
        assertThat(recent.reaches(1, 1)).isTrue();
        assertThat(recent.find(1, 1, 9, message -> true).messages())
                .extracting(PublishRecord::offset)
                .containsExactly(1L, 2L);
    }

    @Test
    void whoCanJoinMeetsAllThatIsLackingInTheOrderOfTheLog() {
        recent.keep();
        int joined = 0;
        for (int i = 0; i < 5_000; i++) {
            read(random.nextInt(PARTITIONS));
            long[] from = new long[PARTITIONS];
            for (int p = 0; p < PARTITIONS; p++) {
                from[p] = Math.max(0, recent.passed()[p] - random.nextInt(20) + 5);
            }
            if (recent.reaches(from)) {
                joined++;
                assertThat(lacking(from))
                        .isEqualTo(log.stream()
                                .filter(origin -> origin.offset() >= from[origin.partition()])
                                .toList());
            }
        }
        assertThat(joined).isBetween(100, 4_900);
    }

    /** Offsets have gaps, where Kafka's own records stand. */
    private void read(int partition) {
        long offset = recent.passed()[partition] + random.nextInt(3);
        recent.passed(partition, offset);
        recent.add(message(partition, offset, random.nextInt(50)));
        log.add(new Origin(partition, offset));
        if (log.size() > 2 * BYTES) {
            log.subList(0, BYTES).clear();
        }
    }

    private List<Origin> lacking(long[] from) {
        List<Origin> lacking = new ArrayList<>();
        recent.forEach(from, message -> lacking.add(message.origin()));
        return lacking;
    }
}
