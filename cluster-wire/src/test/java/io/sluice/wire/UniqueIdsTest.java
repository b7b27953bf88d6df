package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UniqueIdsTest {

    private final UniqueIds ids = new UniqueIds(2);

    private static PublishRecord message(String uniqueId, long offset) {
        return new PublishRecord(
                        "t".getBytes(StandardCharsets.UTF_8),
                        new byte[0],
                        Qos.EXACTLY_ONCE,
                        false,
                        null,
                        PublishProperties.NONE,
                        0,
                        offset,
                        0)
                .withUniqueId(uniqueId, 0);
    }

    @Test
    void findsTheSecondCopyAndNotTheSameRecordReadTwice() {
        assertThat(ids.isRepeated(message("a", 5))).isFalse();
        assertThat(ids.isRepeated(message("a", 5))).isFalse();
        assertThat(ids.isRepeated(message("a", 9))).isTrue();
        assertThat(ids.isRepeated(message("b", 10))).isFalse();
    }

    @Test
    void takesMessagesWithoutAnIdAsTheyCome() {
        assertThat(ids.isRepeated(message(null, 1))).isFalse();
        assertThat(ids.isRepeated(message(null, 2))).isFalse();
        assertThat(ids.size()).isZero();
    }

    @Test
    void remembersTheLatestIdsOnly() {
        ids.isRepeated(message("a", 1));
        ids.isRepeated(message("b", 2));
        ids.isRepeated(message("c", 3));
        assertThat(ids.size()).isEqualTo(2);
        assertThat(ids.isRepeated(message("c", 4))).isTrue();
        assertThat(ids.isRepeated(message("a", 5))).isFalse();
    }
}
