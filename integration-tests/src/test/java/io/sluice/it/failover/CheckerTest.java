package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Checker.Logged;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Small histories, written by hand, of a publisher p and a subscriber s. */
class CheckerTest {

    private final History history = new History("checker");
    private final List<Logged> log = new ArrayList<>();

    private void connect(String client, int connection) {
        connect(Kind.CONNECTING, client, connection, Duration.ZERO);
        happens(Kind.CONNECTED, client, connection);
        subscribe(client, connection);
    }

    private void connect(Kind kind, String client, int connection, Duration willDelay) {
        history.add(
                kind,
                client,
                connection,
                "gateway",
                "g/" + client + "/will",
                0,
                (int) willDelay.toSeconds(),
                0,
                0,
                false);
    }

    private void subscribe(String client, int connection) {
        history.add(Kind.SUBSCRIBING, client, connection, "gateway", "g", 2, 0, 0, 0, false);
        history.add(Kind.SUBSCRIBED, client, connection, "gateway", "g", 2, 0, 0, 0, false);
    }

    /** A durable session, begun or resumed. */
    private void connectDurably(String client, int connection, Kind answer) {
        connect(Kind.CONNECTING_DURABLY, client, connection, Duration.ZERO);
        happens(answer, client, connection);
        if (answer == Kind.CONNECTED) {
            subscribe(client, connection);
        }
    }

    private void happens(Kind kind, String client, int connection) {
        history.add(kind, client, connection, "gateway", "", 0, 0, 0, 0, false);
    }

    private void message(Kind kind, String client, int connection, String topic, int qos, int number) {
        history.add(kind, client, connection, "gateway", topic, qos, number, 1, qos == 0 ? 0 : number, false);
    }

    private void receive(Kind kind, int connection, int qos, int number, int packetId, boolean dup) {
        history.add(kind, "s", connection, "gateway", "g/p/q" + qos, qos, number, 1, packetId, dup);
    }

    /** From SENT to the log, and acknowledged. */
    private void publish(String topic, int qos, int number) {
        message(Kind.SENT, "p", 1, topic, qos, number);
        log.add(new Logged(topic, number, 1));
        message(Kind.ACKNOWLEDGED, "p", 1, topic, qos, number);
    }

    private void receive(String topic, int qos, int... numbers) {
        for (int number : numbers) {
            message(Kind.RECEIVED, "s", 1, topic, qos, number);
        }
    }

    /** Its publisher has sent it again, and it stands in the log again. */
    private void publishAgain(String topic, int qos, int number) {
        history.add(Kind.SENT, "p", 1, "gateway", topic, qos, number, 1, number, true);
        log.add(new Logged(topic, number, 1));
    }

    private List<Promise> broken(String... mortalServers) {
        List<Trouble> troubles = Stream.of(mortalServers).map(Trouble::always).toList();
        return Checker.judge(history.events(), history.events(), log, troubles).stream()
                .map(Violation::promise)
                .toList();
    }

    @Test
    void findsNothingWrongWithWhatIsRight() {
        connect("s", 1);
        publish("g/p/q2", 2, 1);
        publish("g/p/q2", 2, 2);
        receive("g/p/q2", 2, 1, 2);
        assertThat(broken()).isEmpty();
    }

    @Test
    void missesWhatWasAcknowledged() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
        log.clear();
        receive("g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.ACKNOWLEDGED_IS_LOGGED);
    }

    @Test
    void allowsThatSomethingIsMissingAtTheEndOfALostConnectionButNotBefore() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        publish("g/p/q1", 1, 2);
        receive("g/p/q1", 1, 1);
        happens(Kind.LOST, "s", 1);
        log.add(new Logged("g/s/will", 1, 1));
        assertThat(broken("gateway")).isEmpty();
        assertThat(broken()).containsExactly(Promise.CONNECTED_STAYS);
        publish("g/p/q1", 1, 3);
        receive("g/p/q1", 1, 3);
        assertThat(broken("gateway")).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
    }

    @Test
    void countsRepetitions() {
        connect("s", 1);
        for (int qos = 0; qos <= 2; qos++) {
            publish("g/p/q" + qos, qos, 1);
            receive("g/p/q" + qos, qos, 1, 1);
        }
        assertThat(broken())
                .containsExactlyInAnyOrder(Promise.NOTHING_TWICE, Promise.NOTHING_TWICE, Promise.REPETITION_IS_MARKED);
        for (int qos = 0; qos <= 2; qos++) {
            publishAgain("g/p/q" + qos, qos, 1);
        }
        assertThat(broken())
                .as("what its publisher has sent again comes again")
                .hasSize(4)
                .containsOnly(Promise.NOTHING_TWICE);
    }

    @Test
    void findsNoMoreInTheLogThanWasSent() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        log.add(new Logged("g/p/q1", 1, 1));
        receive("g/p/q1", 1, 1, 1);
        assertThat(broken()).containsExactly(Promise.REPETITION_HAS_CAUSE);
        message(Kind.SENT, "p", 1, "g/p/q1", 1, 1);
        assertThat(broken()).as("its publisher has sent it again").isEmpty();
        message(Kind.SENT_CLEAR, "p", 1, "g/p/state", 1, 3);
        log.add(new Logged("g/p/state", 0, 0));
        assertThat(broken()).isEmpty();
        log.add(new Logged("g/p/state", 0, 0));
        assertThat(broken()).as("what clears").containsExactly(Promise.REPETITION_HAS_CAUSE);
    }

    @Test
    void letsWhatWasSentAgainAtQos1ComeAgainAtQos0() {
        connect(Kind.CONNECTING, "s", 1, Duration.ZERO);
        happens(Kind.CONNECTED, "s", 1);
        message(Kind.SUBSCRIBING, "s", 1, "g", 0, 0);
        message(Kind.SUBSCRIBED, "s", 1, "g", 0, 0);
        publish("g/p/q1", 1, 1);
        publishAgain("g/p/q1", 1, 1);
        publish("g/p/q2", 2, 1);
        receive("g/p/q1", 0, 1, 1);
        assertThat(broken()).isEmpty();
        receive("g/p/q2", 0, 1, 1);
        assertThat(broken()).containsExactly(Promise.NOTHING_TWICE);
    }

    @Test
    void comparesTheOrderOfFirstOccurrences() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        publish("g/p/q1", 1, 2);
        publishAgain("g/p/q1", 1, 1);
        publishAgain("g/p/q1", 1, 2);
        receive("g/p/q1", 1, 1, 2, 1, 2);
        assertThat(broken()).isEmpty();
        publish("g/p/q1", 1, 3);
        publish("g/p/q1", 1, 4);
        receive("g/p/q1", 1, 4, 3);
        assertThat(broken()).containsExactly(Promise.IN_ORDER);
    }

    @Test
    void letsWhatWasGivenUpWithASessionComeLate() {
        connect("s", 1);
        connect(Kind.CONNECTING_DURABLY, "p", 1, Duration.ZERO);
        message(Kind.SENT, "p", 1, "g/p/q2", 2, 1);
        publish("g/p/q2", 2, 2);
        log.add(new Logged("g/p/q2", 1, 1));
        receive("g/p/q2", 2, 2, 1);
        assertThat(broken()).containsOnly(Promise.IN_ORDER);
        connect(Kind.CONNECTING_ANEW, "p", 2, Duration.ZERO);
        assertThat(broken()).isEmpty();
    }

    @Test
    void letsTheSecondCopyComeLateOfWhatWasSentBeforeTheSubscription() {
        publish("g/p/q1", 1, 1);
        connect("s", 1);
        publish("g/p/q1", 1, 2);
        receive("g/p/q1", 1, 2, 1);
        assertThat(broken()).containsExactly(Promise.IN_ORDER);
        publishAgain("g/p/q1", 1, 1);
        assertThat(broken()).isEmpty();
    }

    @Test
    void knowsWhatMayBeRetained() {
        publish("g/p/state", 1, 1);
        publish("g/p/state", 1, 2);
        connect("s", 1);
        message(Kind.SENT, "s", 1, "g/s/q0", 0, 1);
        log.add(new Logged("g/s/q0", 1, 1));
        receive("g/s/q0", 0, 1);
        assertThat(broken()).as("nothing came").containsExactly(Promise.RETAINED_IS_SEEN);
        message(Kind.RECEIVED_RETAINED, "s", 1, "g/p/state", 1, 2);
        assertThat(broken()).isEmpty();
        message(Kind.RECEIVED_RETAINED, "s", 1, "g/p/state", 1, 1);
        assertThat(broken()).as("two came").containsExactly(Promise.RETAINED_IS_SEEN);
    }

    @Test
    void knowsWhatWasCleared() {
        publish("g/p/state", 1, 1);
        message(Kind.SENT_CLEAR, "p", 1, "g/p/state", 1, 2);
        log.add(new Logged("g/p/state", 0, 0));
        message(Kind.ACKNOWLEDGED, "p", 1, "g/p/state", 1, 2);
        connect("s", 1);
        message(Kind.SENT, "s", 1, "g/s/q0", 0, 1);
        receive("g/s/q0", 0, 1);
        assertThat(broken()).isEmpty();
        message(Kind.RECEIVED_RETAINED, "s", 1, "g/p/state", 1, 1);
        assertThat(broken()).containsExactly(Promise.RETAINED_IS_SEEN);
        message(Kind.RECEIVED, "s", 1, "g/p/state", 1, 0);
        publish("g/p/state", 1, 3);
        receive("g/p/state", 1, 3, 0);
        assertThat(broken()).as("what clears tells no number").containsExactly(Promise.RETAINED_IS_SEEN);
    }

    @Test
    void awaitsTheWillOfWhoBreaksOffAlone() {
        connect("s", 1);
        connect("p", 1);
        assertThat(broken()).isEmpty();
        happens(Kind.DIED, "p", 1);
        assertThat(broken()).containsOnly(Promise.WILL_ONCE);
        assertThat(broken("gateway")).as("also when its gateway dies").containsOnly(Promise.WILL_ONCE);
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).as("it did not come").containsExactly(Promise.WILL_ONCE);
        receive("g/p/will", 1, 1);
        assertThat(broken()).isEmpty();
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).as("it was published twice").containsExactly(Promise.WILL_ONCE);
    }

    @Test
    void awaitsTheWillOfWhoIsLostWithItsGateway() {
        connect("p", 1);
        happens(Kind.LOST, "p", 1);
        assertThat(broken("gateway")).containsExactly(Promise.WILL_ONCE);
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken("gateway")).isEmpty();
        connect("s", 1);
        assertThat(broken("gateway"))
                .as("who has begun to listen since may have come late")
                .isEmpty();
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken("gateway")).as("it was published twice").containsExactly(Promise.WILL_ONCE);
    }

    @Test
    void refusesTheWillOfWhoSaidGoodBye() {
        connect("p", 1);
        happens(Kind.LEFT, "p", 1);
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).containsExactly(Promise.WILL_ONCE);
    }

    // --- what came, whatever it is

    @Test
    void refusesWhatNobodySentAndWhatWasNotAskedFor() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        receive("g/p/q1", 1, 1);
        assertThat(broken()).isEmpty();
        receive("g/p/q1", 1, 2);
        assertThat(broken()).as("no such number").containsExactly(Promise.NOTHING_FOREIGN);
        publish("h/p/q1", 1, 1);
        receive("h/p/q1", 1, 1);
        assertThat(broken()).as("of another group").containsExactly(Promise.NOTHING_FOREIGN, Promise.NOTHING_FOREIGN);
        log.add(new Logged("g/p/q1", 3, 1));
        assertThat(broken()).as("in the log").hasSize(3).containsOnly(Promise.NOTHING_FOREIGN);
    }

    @Test
    void refusesWhatComesToAClientThatHasNotSubscribed() {
        connect(Kind.CONNECTING, "s", 1, Duration.ZERO);
        happens(Kind.CONNECTED, "s", 1);
        publish("g/p/q1", 1, 1);
        receive("g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.NOTHING_FOREIGN);
    }

    @Test
    void refusesWhatCannotBeRead() {
        connect("s", 1);
        message(Kind.RECEIVED_DAMAGED, "s", 1, "g/p/q1", 1, -1);
        log.add(new Logged("g/p/q1", Stamp.DAMAGED.number(), Stamp.DAMAGED.attempt()));
        assertThat(broken()).containsExactly(Promise.PAYLOAD_IS_WHOLE, Promise.PAYLOAD_IS_WHOLE);
    }

    @Test
    void readsOfAPayloadWhatItWasMadeFor() {
        IntSummaryStatistics lengths = new IntSummaryStatistics();
        for (int number = 1; number <= 2_000; number++) {
            byte[] payload = Stamp.payload("g/p/q1", number, 65_535);
            lengths.accept(payload.length);
            assertThat(Stamp.of("g/p/q1", payload)).isEqualTo(new Stamp(number, 65_535));
            assertThat(Stamp.of("g/p/q2", payload).isWhole()).isFalse();
            assertThat(Stamp.of("g/p/q1", Arrays.copyOf(payload, payload.length - 1))
                            .isWhole())
                    .isFalse();
            payload[number % payload.length] ^= 1;
            assertThat(Stamp.of("g/p/q1", payload).isWhole()).isFalse();
        }
        assertThat(lengths.getMin()).isEqualTo(10);
        assertThat(lengths.getMax()).isBetween(15_000, 20_000);
        assertThat(Stamp.of("g/p/state", new byte[0])).isEqualTo(new Stamp(0, 0));
    }

    @Test
    void wantsTheLowerQos() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        message(Kind.RECEIVED, "s", 1, "g/p/q1", 2, 1);
        assertThat(broken()).containsExactly(Promise.QOS_IS_RIGHT);
    }

    @Test
    void wantsTheQosThatWasAskedFor() {
        connect(Kind.CONNECTING, "s", 1, Duration.ZERO);
        happens(Kind.CONNECTED, "s", 1);
        message(Kind.SUBSCRIBING, "s", 1, "g", 2, 0);
        message(Kind.SUBSCRIBED, "s", 1, "g", 1, 0);
        publish("g/p/q2", 2, 1);
        receive("g/p/q2", 1, 1);
        assertThat(broken()).containsExactly(Promise.QOS_IS_RIGHT);
    }

    @Test
    void missesAtQos0WhatWasSentWhileNothingFailed() {
        connect("s", 1);
        history.calm();
        publish("g/p/q0", 0, 1);
        publish("g/p/q0", 0, 2);
        receive("g/p/q0", 0, 2);
        assertThat(broken()).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
        publish("g/p/q0", 0, 3);
        assertThat(broken()).as("also the last one").hasSize(2).containsOnly(Promise.SUBSCRIBED_GETS_ALL);
        history.fault("");
        assertThat(broken()).as("the last one may have met it").containsExactly(Promise.SUBSCRIBED_GETS_ALL);
        publish("g/p/q0", 0, 4);
        publish("g/p/q0", 0, 5);
        receive("g/p/q0", 0, 5);
        assertThat(broken()).as("while something fails").containsExactly(Promise.SUBSCRIBED_GETS_ALL);
    }

    // --- shared subscriptions

    private void share(String client) {
        history.add(Kind.CONNECTING_DURABLY, client, 1, "gateway", "", 0, 0, 0, 0, false);
        happens(Kind.CONNECTED, client, 1);
        message(Kind.SUBSCRIBING, client, 1, "$share/two/g", 2, 0);
        message(Kind.SUBSCRIBED, client, 1, "$share/two/g", 2, 0);
    }

    @Test
    void wantsOneOfThoseWhoShareToGetWhatWasAcknowledged() {
        share("s");
        share("t");
        publish("g/p/q2", 2, 1);
        assertThat(broken()).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
        message(Kind.RECEIVED, "t", 1, "g/p/q2", 2, 1);
        assertThat(broken()).isEmpty();
        message(Kind.RECEIVED, "s", 1, "g/p/q2", 2, 1);
        assertThat(broken()).containsExactly(Promise.NOTHING_TWICE);
    }

    @Test
    void letsThoseWhoShareGetSomethingTwiceAtQos1WhenAConnectionIsOver() {
        share("s");
        share("t");
        publish("g/p/q1", 1, 1);
        message(Kind.RECEIVED, "s", 1, "g/p/q1", 1, 1);
        happens(Kind.DIED, "s", 1);
        message(Kind.RECEIVED, "t", 1, "g/p/q1", 1, 1);
        assertThat(broken()).isEmpty();
        message(Kind.RECEIVED_RETAINED, "t", 1, "g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.NOTHING_FOREIGN);
    }

    @Test
    void wantsOneOfThoseWhoShareToHaveSomethingAtATimeAtQos1() {
        share("s");
        share("t");
        publish("g/p/q1", 1, 1);
        message(Kind.RECEIVED, "s", 1, "g/p/q1", 1, 1);
        message(Kind.RECEIVED, "t", 1, "g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.REPETITION_HAS_CAUSE);
        assertThat(broken("gateway")).as("which was lost").isEmpty();
        publishAgain("g/p/q1", 1, 1);
        assertThat(broken()).as("each has one of two copies").isEmpty();
        message(Kind.RECEIVED, "t", 1, "g/p/q1", 1, 1);
        assertThat(broken()).containsExactly(Promise.REPETITION_HAS_CAUSE);
    }

    // --- durable sessions

    @Test
    void expectsOfADurableSessionThatItMissesNothingOverAllItsConnections() {
        connectDurably("s", 1, Kind.CONNECTED);
        publish("g/p/q1", 1, 1);
        happens(Kind.DIED, "s", 1);
        publish("g/p/q1", 1, 2);
        log.add(new Logged("g/s/will", 1, 1));
        assertThat(broken()).as("it may come back").isEmpty();
        connectDurably("s", 2, Kind.RESUMED);
        receive(Kind.RECEIVED, 2, 1, 2, 2, false);
        assertThat(broken()).contains(Promise.SUBSCRIBED_GETS_ALL);
    }

    @Test
    void expectsNothingMoreOfASessionThatItsClientHasGivenUp() {
        connectDurably("s", 1, Kind.CONNECTED);
        publish("g/p/q2", 2, 1);
        happens(Kind.LEFT, "s", 1);
        connect(Kind.CONNECTING_ANEW, "s", 2, Duration.ZERO);
        happens(Kind.CONNECTED, "s", 2);
        subscribe("s", 2);
        assertThat(broken()).isEmpty();
        publish("g/p/q2", 2, 2);
        assertThat(broken()).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
    }

    @Test
    void wantsWhatComesAgainMarkedAndWithTheSameIdentifier() {
        connectDurably("s", 1, Kind.CONNECTED);
        publish("g/p/q1", 1, 1);
        receive(Kind.RECEIVED, 1, 1, 1, 7, false);
        happens(Kind.DIED, "s", 1);
        log.add(new Logged("g/s/will", 1, 1));
        connectDurably("s", 2, Kind.RESUMED);
        receive(Kind.RECEIVED, 2, 1, 1, 7, true);
        assertThat(broken()).as("as it should be").doesNotContain(Promise.REPETITION_IS_MARKED);
        receive(Kind.RECEIVED, 2, 1, 1, 8, true);
        assertThat(broken()).contains(Promise.REPETITION_IS_MARKED, Promise.IDENTIFIER_STAYS);
    }

    @Test
    void wantsWhatComesAgainInItsOrder() {
        connectDurably("s", 1, Kind.CONNECTED);
        for (int number = 1; number <= 4; number++) {
            publish("g/p/q1", 1, number);
        }
        receive(Kind.RECEIVED, 1, 1, 1, 1, false);
        receive(Kind.RECEIVED, 1, 1, 2, 2, false);
        receive(Kind.RECEIVED, 1, 1, 3, 3, false);
        happens(Kind.LEFT, "s", 1);
        connectDurably("s", 2, Kind.RESUMED);
        receive(Kind.RECEIVED, 2, 1, 2, 2, true);
        receive(Kind.RECEIVED, 2, 1, 3, 3, true);
        receive(Kind.RECEIVED, 2, 1, 4, 4, false);
        assertThat(broken()).isEmpty();
        happens(Kind.LEFT, "s", 2);
        connectDurably("s", 3, Kind.RESUMED);
        receive(Kind.RECEIVED, 3, 1, 4, 4, true);
        receive(Kind.RECEIVED, 3, 1, 3, 3, true);
        assertThat(broken()).containsExactly(Promise.IN_ORDER);
    }

    @Test
    void countsWhatTheClientKnowsToBeTheSameOnce() {
        connectDurably("s", 1, Kind.CONNECTED);
        publish("g/p/q2", 2, 1);
        receive(Kind.RECEIVED, 1, 2, 1, 7, false);
        happens(Kind.LEFT, "s", 1);
        connectDurably("s", 2, Kind.RESUMED);
        receive(Kind.RECEIVED_AGAIN, 2, 2, 1, 7, true);
        assertThat(broken()).isEmpty();
        receive(Kind.RECEIVED, 2, 2, 1, 7, true);
        assertThat(broken()).containsExactly(Promise.NOTHING_TWICE);
    }

    @Test
    void knowsWhetherThereIsASession() {
        connectDurably("s", 1, Kind.RESUMED);
        assertThat(broken()).as("there was none").containsExactly(Promise.SESSION_IS_TOLD);
    }

    @Test
    void knowsThatASessionIsNotForgotten() {
        connectDurably("s", 1, Kind.CONNECTED);
        happens(Kind.LEFT, "s", 1);
        connect(Kind.CONNECTING_DURABLY, "s", 2, Duration.ZERO);
        connectDurably("s", 3, Kind.RESUMED);
        happens(Kind.LEFT, "s", 3);
        assertThat(broken()).isEmpty();
        connectDurably("s", 4, Kind.CONNECTED);
        assertThat(broken()).containsExactly(Promise.SESSION_IS_TOLD);
    }

    @Test
    void expectsNothingOfASessionThatBeganUnansweredAfterACleanOne() {
        connect("s", 1);
        publish("g/p/q1", 1, 1);
        happens(Kind.LEFT, "s", 1);
        connect(Kind.CONNECTING_DURABLY, "s", 2, Duration.ZERO);
        connect(Kind.CONNECTING_DURABLY, "s", 3, Duration.ZERO);
        happens(Kind.RESUMED, "s", 3);
        assertThat(broken()).isEmpty();
        subscribe("s", 3);
        publish("g/p/q1", 1, 2);
        assertThat(broken()).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
    }

    @Test
    void wantsTheEarlierConnectionToEnd() {
        connectDurably("s", 1, Kind.CONNECTED);
        happens(Kind.ABANDONED, "s", 1);
        log.add(new Logged("g/s/will", 1, 1));
        connectDurably("s", 2, Kind.RESUMED);
        assertThat(broken()).contains(Promise.ONE_CONNECTION);
        assertThat(broken("gateway")).doesNotContain(Promise.ONE_CONNECTION);
        happens(Kind.TAKEN_OVER, "s", 1);
        assertThat(broken()).doesNotContain(Promise.ONE_CONNECTION);
    }

    @Test
    void wantsTheDelayedWillOfADurableSessionUnlessTheClientIsBackInTime() {
        connect(Kind.CONNECTING_DURABLY, "p", 1, Duration.ofMinutes(1));
        happens(Kind.CONNECTED, "p", 1);
        happens(Kind.LOST, "p", 1);
        assertThat(broken("gateway")).as("also when its gateway dies").containsExactly(Promise.WILL_ONCE);
        connect(Kind.CONNECTING_DURABLY, "p", 2, Duration.ofMinutes(1));
        happens(Kind.RESUMED, "p", 2);
        assertThat(broken("gateway")).as("it is back").isEmpty();
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken("gateway")).containsExactly(Promise.WILL_ONCE);
    }
}
