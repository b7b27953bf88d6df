package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.gateway.Normative;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.SessionJournal.AttachTerms;
import io.sluice.wire.ClientCommand.Detach;
import io.sluice.wire.ClientCommand.WillAction;
import io.sluice.wire.Fanout;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.StoredWill;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the cluster learns of a client whose session ends with its connection. */
class PresenceTest {

    private static final PublishRecord WILL = PublishRecord.outgoing(
            "w".getBytes(StandardCharsets.UTF_8), new byte[0], Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE);

    private final RecordingConnection client = new RecordingConnection();
    private final ManualSink sink = new ManualSink();
    private final ManualJournal journal = new ManualJournal();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Session session = new Session(
            "client",
            0,
            client,
            new SessionLimits(1, 1, 1, false, 1),
            new QueuedBytes(1),
            sink,
            new Mailbox<>(Runnable::run, Publication::complete, () -> {}),
            new GatewayMetrics(new SimpleMeterRegistry()));
    private int announced;

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private void announce() {
        AttachTerms terms = new AttachTerms(true, 0, 5, 60, "127.0.0.1:1", new StoredWill(0, WILL));
        session.announce(journal, new Wills(sink, timer), terms, () -> announced++);
    }

    private void evict(long epoch) {
        session.told(new Fanout.Evict("client", "gateway", epoch));
    }

    private Detach detached() {
        assertThat(journal.detached).hasSize(1);
        return journal.detached.get(0);
    }

    @Test
    void tellsThatItBeganAndThatItEnded() {
        announce();
        assertThat(announced).isZero();
        journal.confirmations.get(0).accept(7);
        assertThat(announced).isOne();

        session.end("gone", null);

        assertThat(detached()).isEqualTo(new Detach("client", 7, -1, WillAction.FORGET, null, "gone"));
    }

    @Test
    void tellsOfAnEndThatCameBeforeTheBeginningWasDurable() {
        announce();
        session.end("gone", null);
        assertThat(journal.detached).isEmpty();

        journal.confirmations.get(0).accept(7);

        assertThat(detached().epoch()).isEqualTo(7);
    }

    @Test
    @Normative("MQTT-3.1.2-8")
    void publishesItsWillAndHasItForgottenWhenTheLogHasIt() {
        announce();
        journal.confirmations.get(0).accept(7);
        session.end("lost", WILL);

        assertThat(sink.messages).hasSize(1);
        assertThat(sink.messages.get(0).uniqueId()).isEqualTo(StoredWill.uniqueId("client", 7));
        assertThat(journal.detached).isEmpty();

        sink.listeners.get(0).appended();
        assertThat(detached().will()).isEqualTo(WillAction.FORGET);
    }

    @Test
    @Normative({"MQTT-3.1.4-3", "MQTT311-3.1.4-2"})
    void endsWhenItsClientIsConnectedElsewhereAndLeavesItsWillToTheCluster() {
        announce();
        journal.confirmations.get(0).accept(7);
        evict(7);
        assertThat(client.take()).containsExactly("END TAKEN_OVER");

        session.end("taken over", WILL);

        assertThat(sink.messages).isEmpty();
        assertThat(detached().will()).isEqualTo(WillAction.PUBLISH);
    }

    @Test
    void endsWhenTheEvictionComesBeforeItsOwnConfirmation() {
        announce();
        evict(7);
        assertThat(client.take()).isEmpty();
        journal.confirmations.get(0).accept(7);
        assertThat(client.take()).containsExactly("END TAKEN_OVER");
    }

    @Test
    void outlivesTheEvictionOfAnEarlierConnectionOfItsClient() {
        announce();
        evict(6);
        journal.confirmations.get(0).accept(7);
        evict(6);
        assertThat(client.take()).isEmpty();
    }

    @Test
    void leavesItsWillToTheClusterWhenThisGatewayWasDeclaredLost() {
        announce();
        journal.confirmations.get(0).accept(7);
        session.declaredLost();
        session.end("lost", WILL);
        assertThat(sink.messages).isEmpty();
        assertThat(detached().will()).isEqualTo(WillAction.PUBLISH);
    }
}
