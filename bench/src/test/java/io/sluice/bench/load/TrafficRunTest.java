package io.sluice.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.BenchException;
import io.sluice.bench.load.FakeBroker.Mischief;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttVersion;
import io.sluice.bench.report.Silence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The generator sees what a broker does wrong, exactly. */
class TrafficRunTest {

    private static final int RATE = 1_000;

    private static Load rate(int qos) {
        return load(qos, RATE, Duration.ofSeconds(1));
    }

    private static Load load(int qos, double rate, Duration duration) {
        return load(qos, rate, 0, duration);
    }

    private static Load load(int qos, double rate, int practice, Duration duration) {
        return new Load(
                qos, qos, 20, rate, 10, Pace.ACKNOWLEDGED, practice, Duration.ZERO, duration, Duration.ofMillis(500));
    }

    private static Brokers brokers(InetSocketAddress address, MqttVersion version, int loops) {
        return new Brokers(List.of(address), List.of(), new ConnectOptions(version, null, null, 60), loops, 10);
    }

    private static TrafficResult run(Mischief mischief, Load load, MqttVersion version, int pairs, int loops)
            throws IOException {
        try (FakeBroker broker = new FakeBroker(mischief)) {
            TrafficPlan plan =
                    new TrafficPlan(pairs, pairs, pairs, 1, false, 0, load, brokers(broker.address(), version, loops));
            return TrafficRun.run(plan, new Silence());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, V3_1_1", "1, V3_1_1", "2, V3_1_1", "0, V5", "1, V5", "2, V5"})
    void anHonestBrokerIsFoundClean(int qos, MqttVersion version) throws IOException {
        TrafficResult result = run(Mischief.NONE, rate(qos), version, 1, 1);

        assertThat(result.isClean()).isTrue();
        assertThat(result.totals().sent()).isEqualTo(RATE);
        assertThat(result.totals().delivered()).isEqualTo(RATE);
        assertThat(result.delivery().count()).isEqualTo(RATE);
        assertThat(result.acknowledgement().count()).isEqualTo(qos == 0 ? 0 : RATE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void lossIsCounted(int qos) throws IOException {
        TrafficResult result = run(Mischief.LOSE, rate(qos), MqttVersion.V3_1_1, 1, 1);

        assertThat(result.isClean()).isFalse();
        assertThat(result.lost()).isEqualTo(10);
        assertThat(result.totals().duplicates()).isZero();
        assertThat(result.totals().late()).isZero();
    }

    @Test
    void repetitionIsCounted() throws IOException {
        TrafficResult result = run(Mischief.REPEAT, rate(1), MqttVersion.V5, 1, 1);

        assertThat(result.isClean()).isFalse();
        assertThat(result.totals().duplicates()).isEqualTo(10);
        assertThat(result.totals().delivered()).isEqualTo(RATE + 10);
        assertThat(result.lost()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"NONE, 0, 0", "SWAP, 0, 0", "LOSE, 9, 0", "REPEAT, 0, 9"})
    void thoseWhoShareHaveEachMessageOnceInWhicheverOrder(Mischief mischief, int lost, int duplicates)
            throws IOException {
        try (FakeBroker broker = new FakeBroker(mischief)) {
            Brokers brokers = brokers(broker.address(), MqttVersion.V5, 1);
            TrafficResult result =
                    TrafficRun.run(new TrafficPlan(1, 3, 1, 1, true, 0, rate(1), brokers), new Silence());

            assertThat(result.expected()).isEqualTo(RATE);
            assertThat(result.lost()).isEqualTo(lost);
            assertThat(result.totals().duplicates()).isEqualTo(duplicates);
            assertThat(result.totals().late()).isZero();
        }
    }

    @Test
    void reorderingIsCounted() throws IOException {
        TrafficResult result = run(Mischief.SWAP, load(1, RATE, Duration.ofMillis(950)), MqttVersion.V5, 1, 1);

        assertThat(result.isClean()).isFalse();
        assertThat(result.totals().late()).isEqualTo(9);
        assertThat(result.totals().duplicates()).isZero();
        assertThat(result.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusalsAreCounted(int qos) throws IOException {
        TrafficResult result = run(Mischief.REFUSE, rate(qos), MqttVersion.V5, 1, 1);

        assertThat(result.isClean()).isFalse();
        assertThat(result.totals().refused()).isEqualTo(10);
        assertThat(result.totals().acknowledged()).isEqualTo(RATE - 10);
        assertThat(result.unacknowledged()).isZero();
    }

    @Test
    void aLostConnectionIsToldWithItsReason() throws IOException {
        TrafficResult result = run(Mischief.HANG_UP, rate(0), MqttVersion.V5, 1, 1);

        assertThat(result.isClean()).isFalse();
        assertThat(result.connectionsLost()).isEqualTo(1);
        assertThat(result.firstConnectionLoss()).isNotBlank();
    }

    /** Half of a second of messages is due while the broker stands still for 400 ms: none of them may look fast. */
    @Test
    void aPauseShowsInTheLatencyOfAllMessagesThatWereDueInIt() throws IOException {
        TrafficResult result = run(Mischief.STALL, rate(1), MqttVersion.V3_1_1, 1, 1);

        assertThat(result.lost()).isZero();
        assertThat(result.delivery().max()).isGreaterThan(380_000);
        // 400 of 1,000 waited 0 to 400 ms, so one in ten waited for more than 300 ms.
        assertThat(result.delivery().p90()).isGreaterThan(280_000);
    }

    @Test
    void aClosedLoopIsPacedByItsSubscribersOnAnyNumberOfEventLoops() throws IOException {
        TrafficResult result = run(Mischief.NONE, load(0, 0, Duration.ofMillis(500)), MqttVersion.V3_1_1, 3, 2);

        assertThat(result.isClean()).isTrue();
        assertThat(result.totals().sent()).isGreaterThan(100);
        assertThat(result.totals().writtenOff()).isZero();
    }

    @Test
    void aClosedLoopGoesOnAfterLoss() throws IOException {
        TrafficResult result = run(Mischief.LOSE, load(0, 0, Duration.ofSeconds(4)), MqttVersion.V3_1_1, 1, 1);

        // Ten losses fill the window at the thousandth message; it is opened again within two seconds.
        assertThat(result.totals().sent()).isGreaterThan(1_000);
        assertThat(result.totals().writtenOff()).isPositive();
        assertThat(result.lost()).isEqualTo(result.totals().sent() / 100);
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "2, 1000", "0, 0", "1, 0"})
    void whatIsPractisedWithArrivesAndIsNotMeasured(int qos, double rate) throws IOException {
        Load load = load(qos, rate, 2_001, Duration.ofMillis(500));
        TrafficResult result = run(Mischief.NONE, load, MqttVersion.V5, 2, 2);

        assertThat(result.isClean()).isTrue();
        long measured = result.totals().sent() - 2_002;
        assertThat(result.totals().delivered()).isEqualTo(result.totals().sent());
        assertThat(result.delivery().count()).isEqualTo(measured).isPositive();
        assertThat(rate == 0 || measured == rate / 2).isTrue();
    }

    @Test
    void lossWhilePractisingIsCountedAndDoesNotHoldUpTheRest() throws IOException {
        TrafficResult result = run(Mischief.LOSE, load(1, RATE, 500, Duration.ofSeconds(1)), MqttVersion.V3_1_1, 1, 1);

        assertThat(result.totals().sent()).isEqualTo(500 + RATE);
        assertThat(result.lost()).isEqualTo(15);
        assertThat(result.isClean()).isFalse();
    }

    @Test
    void aTargetThatIsNotThereIsOneClearLine() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        TrafficPlan plan = new TrafficPlan(1, 1, 1, 1, false, 0, rate(0), brokers(nobody, MqttVersion.V5, 1));

        assertThatThrownBy(() -> TrafficRun.run(plan, new Silence()))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("refused");
    }
}
