package io.sluice.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {

    private static final int PARTITIONS = 3;
    private static final int BYTES = 500;

    private final Random random = new Random(1);
    private final RecentMessages recent = new RecentMessages(PARTITIONS, BYTES);
    private final List<Origin> log = new ArrayList<>();

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
        recent.add(new PublishRecord(
                "t".getBytes(UTF_8),
                new byte[random.nextInt(50)],
                Qos.AT_LEAST_ONCE,
                false,
                null,
                PublishProperties.NONE,
                partition,
                offset,
                0));
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
