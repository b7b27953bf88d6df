package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.BenchException;
import org.junit.jupiter.api.Test;

class TrafficTest {

    @Test
    void pairs() {
        Traffic traffic = new Traffic(3, 3, 3, 1, false, "x");

        assertThat(traffic.topic(2)).isEqualTo("x/2/2");
        assertThat(traffic.filter(2)).isEqualTo("x/2/2");
        assertThat(traffic.receiversOf(2)).isEqualTo(1);
        assertThat(traffic.stream(2, 2, 9)).isZero();
        assertThat(traffic.stream(2, 1, 9)).isEqualTo(-1);
    }

    @Test
    void everySubscriberHearsAll() {
        Traffic traffic = new Traffic(5, 2, 1, 1, false, "x");

        assertThat(traffic.topic(4)).isEqualTo("x/0/4");
        assertThat(traffic.filter(1)).isEqualTo("x/0/+");
        assertThat(traffic.receiversOf(4)).isEqualTo(2);
        assertThat(traffic.streamsOf(1)).isEqualTo(5);
        assertThat(traffic.publisherOf(1, 4)).isEqualTo(4);
    }

    @Test
    void sharesOfUnequalSize() {
        Traffic traffic = new Traffic(7, 3, 3, 1, false, "x");

        assertThat(traffic.streamsOf(0)).isEqualTo(3);
        assertThat(traffic.streamsOf(1)).isEqualTo(2);
        assertThat(traffic.stream(0, 6, 0)).isEqualTo(2);
        assertThat(traffic.publisherOf(0, 2)).isEqualTo(6);
    }

    @Test
    void severalTopicsAreSeveralSequences() {
        Traffic traffic = new Traffic(2, 2, 2, 10, false, "x");

        assertThat(traffic.topic(1)).isEqualTo("x/1/1/");
        assertThat(traffic.filter(1)).isEqualTo("x/1/#");
        assertThat(traffic.streamsOf(1)).isEqualTo(10);
        assertThat(traffic.stream(1, 1, 23)).isEqualTo(3);
        assertThat(traffic.messagesOf(1, 3, 23)).isEqualTo(2);
        assertThat(traffic.messagesOf(1, 3, 24)).isEqualTo(3);
        assertThat(traffic.messagesOf(1, 9, 0)).isZero();
    }

    @Test
    void aTopicForEachSubscriber() {
        Traffic traffic = Traffic.topicEach(2, 20, "x");

        // The third of those that the second publisher publishes to.
        assertThat(traffic.filter(5)).isEqualTo("x/1/1/0000002");
        assertThat(traffic.streamsOf(5)).isEqualTo(1);
        assertThat(traffic.stream(5, 1, 12)).isZero();
        assertThat(traffic.stream(5, 1, 13)).isEqualTo(-1);
        assertThat(traffic.stream(5, 0, 12)).isEqualTo(-1);
        assertThat(traffic.publisherOf(5, 0)).isEqualTo(1);
        assertThat(traffic.messagesOf(5, 0, 12)).isEqualTo(1);
        assertThat(traffic.messagesOf(5, 0, 13)).isEqualTo(2);
        assertThat(Traffic.topicEach(3, 3, "x").filter(2)).isEqualTo("x/2/2");
    }

    @Test
    void publishersShareTheSubscribersEvenly() {
        assertThatThrownBy(() -> Traffic.topicEach(3, 20, "x")).isInstanceOf(BenchException.class);
    }

    @Test
    void thoseWhoShareASubscriptionAreOneReceiver() {
        Traffic traffic = new Traffic(5, 3, 1, 1, true, "x");

        assertThat(traffic.filter(2)).isEqualTo("$share/bench/x/0/+");
        assertThat(traffic.receiversOf(4)).isEqualTo(1);
        assertThat(traffic.receiverOf(2)).isZero();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Traffic(0, 1, 1, 1, false, "x"))
                .isInstanceOf(BenchException.class)
                .hasMessage("publishers: must be 1 to 65536, was 0");
    }
}
