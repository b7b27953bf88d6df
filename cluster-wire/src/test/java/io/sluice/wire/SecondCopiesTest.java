package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SecondCopiesTest {

    private static final int CAPACITY = 100;

    private final List<PublishRecord> log = new ArrayList<>();
    private final List<String> reads = new ArrayList<>();
    private final SecondCopies copies = new SecondCopies(2, CAPACITY, this::read);

    private void read(int partition, long from, long to, Consumer<PublishRecord> visitor) {
        reads.add(partition + ": " + from + " to " + to);
        log.stream()
                .filter(message ->
                        message.partition() == partition && message.offset() >= from && message.offset() < to)
                .forEach(visitor);
    }

    private static PublishRecord message(String uniqueId, long offset, long after) {
        return new PublishRecord(
                        "t".getBytes(StandardCharsets.UTF_8),
                        new byte[0],
                        Qos.EXACTLY_ONCE,
                        false,
                        null,
                        PublishProperties.NONE,
                        1,
                        offset,
                        0)
                .withUniqueId(uniqueId, after);
    }

    @Test
    void findsAFirstCopyThatStandsBeforeWhatWasRead() {
        log.add(message("a", 100, 90));

        assertThat(copies.isRepeated(message(null, 150, -1))).isFalse();
        assertThat(copies.isRepeated(message("a", 160, 90))).isTrue();
        assertThat(reads).containsExactly("1: 90 to 150");
    }

    @Test
    void readsNoStretchTwiceAndNoneThatItHasRead() {
        copies.isRepeated(message(null, 150, -1));
        assertThat(copies.isRepeated(message("a", 160, 155))).isFalse();
        assertThat(copies.isRepeated(message("b", 161, 140))).isFalse();
        assertThat(copies.isRepeated(message("c", 162, 140))).isFalse();
        assertThat(copies.isRepeated(message("d", 163, 130))).isFalse();
        assertThat(copies.isRepeated(message("a", 170, 155))).isTrue();
        assertThat(reads).containsExactly("1: 140 to 150", "1: 130 to 140");
    }

    /** A client may come back with a message after a day. */
    @Test
    void readsNoFartherBackThanIdsAreRemembered() {
        copies.isRepeated(message(null, 10_000, -1));
        assertThat(copies.isRepeated(message("a", 10_010, 3))).isFalse();
        assertThat(reads).containsExactly("1: 9910 to 10000");
    }

    @Test
    void readsNothingForAnIdThatTellsNoPlace() {
        copies.isRepeated(message(null, 150, -1));
        assertThat(copies.isRepeated(message("a", 160, -1))).isFalse();
        assertThat(copies.isRepeated(message("a", 161, -1))).isTrue();
        assertThat(reads).isEmpty();
    }
}
