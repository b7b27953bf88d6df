package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Checker.Logged;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Small histories, written by hand, of a publisher p and a subscriber s. */
class CheckerTest {

    private final History history = new History("checker");
    private final List<Logged> log = new ArrayList<>();

    private void connect(String client, int connection) {
        connect(client, connection, 2);
    }

    private void connect(String client, int connection, int qos) {
        happens(Kind.CONNECTING, client, connection);
        happens(Kind.CONNECTED, client, connection);
        history.add(Kind.SUBSCRIBING, client, connection, "gateway", "g", qos, 0, 0);
        history.add(Kind.SUBSCRIBED, client, connection, "gateway", "g", qos, 0, 0);
    }

    private void happens(Kind kind, String client, int connection) {
        history.add(kind, client, connection, "gateway", "", 0, 0, 0);
    }

    private void message(Kind kind, String client, int connection, String topic, int qos, int number) {
        history.add(kind, client, connection, "gateway", topic, qos, number, 1);
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

    private List<Promise> broken(String... mortalServers) {
        return Checker.judge(history.events(), log, Set.of(mortalServers)).stream()
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
        assertThat(broken("gateway")).isEmpty();
        assertThat(broken()).containsExactly(Promise.CONNECTED_STAYS);
        publish("g/p/q1", 1, 3);
        receive("g/p/q1", 1, 3);
        assertThat(broken("gateway")).containsExactly(Promise.SUBSCRIBED_GETS_ALL);
    }

    @Test
    void countsRepetitionsAtQos0And2() {
        connect("s", 1);
        for (int qos = 0; qos <= 2; qos++) {
            publish("g/p/q" + qos, qos, 1);
            receive("g/p/q" + qos, qos, 1, 1);
        }
        assertThat(broken()).containsExactly(Promise.NOTHING_TWICE, Promise.NOTHING_TWICE);
        log.addAll(List.copyOf(log));
        assertThat(broken()).hasSize(4).containsOnly(Promise.NOTHING_TWICE);
    }

    @Test
    void letsWhatWasSentAgainAtQos1ComeAgainAtQos0() {
        connect("s", 1, 0);
        publish("g/p/q1", 1, 1);
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
        receive("g/p/q1", 1, 1, 2, 1, 2);
        assertThat(broken()).isEmpty();
        publish("g/p/q1", 1, 3);
        publish("g/p/q1", 1, 4);
        receive("g/p/q1", 1, 4, 3);
        assertThat(broken()).containsExactly(Promise.IN_ORDER);
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
    }

    @Test
    void awaitsTheWillOfWhoBreaksOffAlone() {
        connect("s", 1);
        connect("p", 1);
        assertThat(broken()).isEmpty();
        happens(Kind.DIED, "p", 1);
        assertThat(broken()).containsOnly(Promise.WILL_ONCE);
        assertThat(broken("gateway")).as("its gateway died too").isEmpty();
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).as("it did not come").containsExactly(Promise.WILL_ONCE);
        receive("g/p/will", 1, 1);
        assertThat(broken()).isEmpty();
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).as("it was published twice").containsExactly(Promise.WILL_ONCE);
    }

    @Test
    void refusesTheWillOfWhoSaidGoodBye() {
        connect("p", 1);
        happens(Kind.LEFT, "p", 1);
        log.add(new Logged("g/p/will", 1, 1));
        assertThat(broken()).containsExactly(Promise.WILL_ONCE);
    }
}
