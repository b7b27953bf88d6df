package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetainedMessagesTest {

    private final RetainedMessages retained = new RetainedMessages();

    private static PublishRecord message(String topic, String payload, long offset, long expirySeconds) {
        return new PublishRecord(
                topic.getBytes(StandardCharsets.UTF_8),
                payload.getBytes(StandardCharsets.UTF_8),
                Qos.AT_LEAST_ONCE,
                true,
                null,
                new PublishProperties(-1, expirySeconds, null, null, null, List.of()),
                0,
                offset,
                0);
    }

    private List<String> matching(String filter, long now) {
        return retained.matching(new TopicFilter(filter), now).stream()
                .map(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    @Test
    void keepsTheMessageWithTheHigherOffsetInWhateverOrderTheyCome() {
        retained.accept(message("a", "new", 9, -1));
        retained.accept(message("a", "old", 5, -1));
        assertThat(matching("a", 0)).containsExactly("new");
    }

    @Test
    void doesNotClearANewerMessageWithAnOlderClear() {
        retained.accept(message("a", "new", 9, -1));
        retained.accept(message("a", "", 5, -1));
        assertThat(matching("a", 0)).containsExactly("new");

        retained.accept(message("a", "", 10, -1));
        assertThat(matching("a", 0)).isEmpty();
    }

    @Test
    void doesNotBringBackWhatAHungRouterHasWrittenBehindATombstone() {
        retained.acceptRetained(message("a", "old", 5, -1));
        retained.acceptRetained(message("a", "", 9, -1));
        retained.acceptRetained(message("a", "old", 5, -1));
        assertThat(matching("a", 0)).isEmpty();

        retained.acceptRetained(message("a", "new", 10, -1));
        retained.retainedRead();
        assertThat(matching("a", 0)).containsExactly("new");
    }

    @Test
    void leavesOutWhatHasExpired() {
        retained.accept(message("a/1", "short", 1, 2));
        retained.accept(message("a/2", "long", 2, 60));
        assertThat(matching("a/+", 1_999)).containsExactly("long", "short");
        assertThat(matching("a/+", 2_000)).containsExactly("long");
    }

    @Test
    void countsWhatItHolds() {
        retained.accept(message("a", "12345", 1, -1));
        retained.accept(message("b", "1", 2, -1));
        retained.accept(message("a", "12", 3, -1));
        assertThat(retained.use().messages()).isEqualTo(2);
        assertThat(retained.use().bytes()).isEqualTo(1 + 2 + 1 + 1);

        retained.accept(message("a", "", 4, -1));
        retained.accept(message("b", "", 5, -1));
        assertThat(retained.use().messages()).isZero();
        assertThat(retained.use().bytes()).isZero();
    }
}
