package io.sluice.gateway.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.OutboundQueue.Entry;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import org.junit.jupiter.api.Test;

class OutboundQueueTest {

    private static final int MANY = 1_000;
    private static final long MUCH = 1_000_000;
    /** With its topic of one byte. */
    private static final int WEIGHT = 10;

    private static final int WITH_OVERHEAD = WEIGHT + QueuedBytes.OVERHEAD_BYTES;

    private final QueuedBytes all = new QueuedBytes(MUCH);

    private static Entry entry(String payload, Qos qos, boolean counted) {
        PublishRecord message = PublishRecord.outgoing(
                "t".getBytes(UTF_8), payload.getBytes(UTF_8), qos, false, null, PublishProperties.NONE);
        return new Entry(message, qos, !counted, new int[0], counted);
    }

    /** One of {@link #WEIGHT}. */
    private static Entry entry(Qos qos) {
        return entry("x".repeat(WEIGHT - 1), qos, true);
    }

    private static Entry retained() {
        return entry("x".repeat(MANY), Qos.AT_LEAST_ONCE, false);
    }

    @Test
    void takesNoMoreMessagesThanItMay() {
        OutboundQueue queue = new OutboundQueue(2, MUCH, all);
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_MOST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isFalse();
        assertThat(queue.messages()).isEqualTo(2);
        queue.removeFirst();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
    }

    @Test
    void takesNoMoreBytesThanItMay() {
        OutboundQueue queue = new OutboundQueue(MANY, 2 * WEIGHT + 1, all);
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_MOST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isFalse();
        assertThat(queue.offer(entry("", Qos.AT_LEAST_ONCE, true)))
                .as("a smaller one, for which there is room")
                .isTrue();
        queue.removeFirst();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
    }

    @Test
    void countsRetainedMessagesNeitherInMessagesNorInBytes() {
        OutboundQueue queue = new OutboundQueue(1, WEIGHT, all);
        assertThat(queue.offer(retained())).isTrue();
        assertThat(queue.offer(retained())).isTrue();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(queue.messages()).isOne();
        assertThat(queue.uncounted()).isEqualTo(2);
        assertThat(all.bytes()).as("their places").isBetween(WITH_OVERHEAD + 2L, WITH_OVERHEAD + (long) MANY);
    }

    @Test
    void takesNoMoreThanThereIsForAllClients() {
        QueuedBytes two = new QueuedBytes(2 * WITH_OVERHEAD);
        OutboundQueue queue = new OutboundQueue(MANY, MUCH, two);
        OutboundQueue other = new OutboundQueue(MANY, MUCH, two);
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(other.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isFalse();
        assertThat(queue.messages()).isOne();
        other.removeFirst();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
    }

    @Test
    void givesBackWhatItHadWhenItEnds() {
        OutboundQueue queue = new OutboundQueue(MANY, 2 * WEIGHT, all);
        queue.offer(entry(Qos.AT_MOST_ONCE));
        queue.offer(retained());
        queue.offer(entry(Qos.AT_MOST_ONCE));
        assertThat(all.bytes()).isGreaterThan(2 * WITH_OVERHEAD);
        queue.clear();
        assertThat(all.bytes()).isZero();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.hasAtMostOnce()).isFalse();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE))).isTrue();
        assertThat(queue.offer(entry(Qos.AT_LEAST_ONCE)))
                .as("all of its own limit")
                .isTrue();
    }

    @Test
    void keepsTheOrderAndKnowsWhatWaitsAtQos0() {
        OutboundQueue queue = new OutboundQueue(MANY, MUCH, all);
        Entry first = entry(Qos.AT_MOST_ONCE);
        Entry second = entry(Qos.EXACTLY_ONCE);
        queue.offer(first);
        queue.offer(second);
        assertThat(queue.hasAtMostOnce()).isTrue();
        assertThat(queue.peek()).isSameAs(first);
        queue.removeFirst();
        assertThat(queue.hasAtMostOnce()).isFalse();
        assertThat(queue.peek()).isSameAs(second);
        queue.removeFirst();
        assertThat(queue.peek()).isNull();
        assertThat(all.bytes()).isZero();
    }
}
