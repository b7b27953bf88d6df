package io.sluice.router.matching;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.FilterVersion;
import io.sluice.wire.Qos;
import io.sluice.wire.SubscriptionOptions;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.TopicFilter;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class MatchSieveTest {

    private final SubscriptionTable table = new SubscriptionTable(1);
    private final MatchSieve sieve = new MatchSieve(1, table, new NoEvents());

    private boolean keeps(String topic, Map<String, String> headers) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("mqtt.publish", 0, 5, topic.getBytes(UTF_8), new byte[0]);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        return sieve.keeps(record);
    }

    private void subscribe(Qos qos) {
        FilterVersion version = new FilterVersion(
                new TopicFilter("x/#"), new SubscriptionOptions(qos, false, false, 0), 10, new long[] {0}, null);
        table.put(0, new SubscriptionsRecord("a", 7, 10, List.of(version)));
    }

    @Test
    void keepsWhatAFilterWants() {
        assertThat(keeps("x/1", Map.of("mqtt.qos", "1"))).isFalse();

        subscribe(Qos.EXACTLY_ONCE);

        assertThat(keeps("x/1", Map.of("mqtt.qos", "1"))).isTrue();
        assertThat(keeps("x/1", Map.of("mqtt.qos", "2"))).isTrue();
        assertThat(keeps("x/1", Map.of("mqtt.qos", "0"))).isFalse();
        assertThat(keeps("y", Map.of("mqtt.qos", "1"))).isFalse();
        assertThat(keeps("x/+", Map.of("mqtt.qos", "1"))).isFalse();
    }

    @Test
    void leavesOutWhatIsNotQueued() {
        subscribe(Qos.AT_MOST_ONCE);

        assertThat(keeps("x/1", Map.of("mqtt.qos", "2"))).isFalse();
    }

    /** The stage remembers these, for when they come again. */
    @Test
    void keepsUniqueIds() {
        assertThat(keeps("y", Map.of("mqtt.qos", "2", "mqtt.unique-id", "b/1/2")))
                .isTrue();
    }

    private static final class NoEvents implements MatchEvents {
        @Override
        public void messageMatched() {}

        @Override
        public void messagesLeftOut(int count) {}

        @Override
        public void matchSent() {}

        @Override
        public void lookedBack(long records) {}

        @Override
        public void willForwarded() {}

        @Override
        public void damaged(String topic) {}
    }
}
