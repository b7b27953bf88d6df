package io.sluice.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bench.compare.Generator.Measurement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatioTablesTest {

    private static final String PAIRS = Scenario.throughput().get(0).name();

    private final Board board = new Board();

    private void rate(String system, double rate, boolean clean) {
        rate(PAIRS, system, rate, clean);
    }

    private void rate(String scenario, String system, double rate, boolean clean) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("deliveryRate", rate).put("generatorCpu", 0.5).put("clean", clean);
        board.add(scenario, system, new Measurement(result, Map.of("gateway-1", 0.75, "kafka", 0.25), 0));
    }

    private void time(String system, long p50, long p99) {
        time(RatioTables.rate(500), system, p50, p99);
    }

    private void time(String scenario, String system, long p50, long p99) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("clean", true).putObject("delivery").put("p50", p50).put("p99", p99);
        board.add(scenario, system, new Measurement(result, Map.of(), 0));
    }

    @Test
    void ratiosAreThoseOfEachRoundAndTheMiddleCounts() {
        rate(RatioTables.MOSQUITTO, 100, true);
        rate(RatioTables.MOSQUITTO, 50, true);
        rate(RatioTables.MOSQUITTO, 80, true);
        rate(RatioTables.ONE_GATEWAY, 190, true);
        rate(RatioTables.ONE_GATEWAY, 150, true);
        rate(RatioTables.ONE_GATEWAY, 168, true);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| " + PAIRS + " | 80 | 168 | 2.10 (1.90–3.00) | ≥ 2.0 ✓ | 0.75, 0.25, 0.50 |")
                .doesNotContain("NOT CLEAN");
    }

    @Test
    void aTargetThatIsMissedAndARunThatIsNotCleanAreMarked() {
        rate(RatioTables.MOSQUITTO, 100, true);
        rate(RatioTables.ONE_GATEWAY, 199, false);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 1.99 | ≥ 2.0 ✗ (not clean) |")
                .contains("NOT CLEAN: " + PAIRS + ", " + RatioTables.ONE_GATEWAY);
    }

    @Test
    void whatIsReachedAgainstARunThatIsNotCleanIsNotReached() {
        rate(RatioTables.MOSQUITTO, 100, false);
        rate(RatioTables.ONE_GATEWAY, 300, true);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 3.00 | ≥ 2.0 ✗ (not clean) |")
                .doesNotContain("✓");
    }

    @Test
    void whatIsReachedAgainstAServerThatTheGeneratorLimitedIsNotShown() {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("deliveryRate", 100).put("generatorCpu", 0.9).put("clean", true);
        board.add(PAIRS, RatioTables.MOSQUITTO, new Measurement(result, Map.of(), 0));
        rate(RatioTables.ONE_GATEWAY, 300, true);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 100 † | 300 | 3.00 | ≥ 2.0 not shown † |")
                .doesNotContain("✓");
    }

    @Test
    void aResultThatDoesNotSayThatItIsCleanIsNot() {
        rate(RatioTables.MOSQUITTO, 100, true);
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("deliveryRate", 300).put("generatorCpu", 0.5);
        board.add(PAIRS, RatioTables.ONE_GATEWAY, new Measurement(result, Map.of(), 0));

        assertThat(RatioTables.of(board, List.of())).contains("✗ (not clean)");
    }

    @Test
    void cleanSessionsAreHeldAgainstTheBuildBefore() {
        rate(RatioTables.BEFORE, 100, true);
        rate(RatioTables.BEFORE, 200, true);
        rate(RatioTables.ONE_GATEWAY, 110, true);
        rate(RatioTables.ONE_GATEWAY, 200, true);
        time(RatioTables.BEFORE, 2_000, 8_000);
        time(RatioTables.ONE_GATEWAY, 1_000, 10_000);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| " + PAIRS + ", per second | 150 | 155 | 1.05 (1.00–1.10) |")
                .contains("| 500 msg/s, QoS 1, p50 ms | 2.00 | 1.00 | 0.50 |")
                .contains("| 500 msg/s, QoS 1, p99 ms | 8.00 | 10.00 | 1.25 |");
    }

    @Test
    void severalGatewaysAreHeldAgainstTheOneThatWasMeasuredBesideThem() {
        rate(RatioTables.ONE_GATEWAY, 500, true);
        rate(RatioTables.beside(2), 100, true);
        rate(RatioTables.gateways(2), 90, true);
        rate(RatioTables.beside(3), 120, true);
        rate(RatioTables.gateways(3), 60, true);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| " + PAIRS + " | 100 | 90 | 0.90 | ≥ 0.65 ✓ | 120 | 60 | 0.50 |");
    }

    @Test
    void durableSessionsAreHeldAgainstBothMosquittosAndTheirOwnQos1() {
        String one = Scenario.durable().get(0).name();
        String two = Scenario.durable().get(1).name();
        rate(one, RatioTables.MOSQUITTO, 100, true);
        rate(one, RatioTables.MOSQUITTO_SAVING, 50, true);
        rate(one, RatioTables.ONE_GATEWAY, 90, true);
        rate(two, RatioTables.MOSQUITTO, 60, true);
        rate(two, RatioTables.MOSQUITTO_SAVING, 30, true);
        rate(two, RatioTables.ONE_GATEWAY, 36, true);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| " + one + " | 100 | 50 | 90 | 0.90 | ≥ 0.75 ✓ | 1.80 | ≥ 2.0 ✗ | – | – |")
                .contains("| " + two + " | 60 | 30 | 36 | 0.60 | – | 1.20 | – | 0.40 | ≥ 0.5 ✗ |");
    }

    @Test
    void theLatencyOfDurableSessionsIsHeldAgainstThatOfCleanOnes() {
        time(RatioTables.cleanRate(500), RatioTables.ONE_GATEWAY, 2_000, 6_000);
        time(RatioTables.durableRate(500), RatioTables.ONE_GATEWAY, 3_000, 11_400);

        assertThat(RatioTables.of(board, List.of()))
                .contains(
                        "| durable 500 msg/s, QoS 1 | 2.00 / 6.00 | 3.00 / 11.40 | 1.50 | 1.90 | ≤ 2.0 ✓ | 0.00, ≤ 0.25 ✓ |");
    }

    @Test
    void aDrainIsHeldAgainstBothMosquittosAndABareConsumer() {
        drain(RatioTables.KAFKA_CONSUMER, 1_000_000);
        drain(RatioTables.MOSQUITTO, 200_000);
        drain(RatioTables.MOSQUITTO_SAVING, 1_000);
        drain(RatioTables.ONE_GATEWAY, 100_000);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 1,000,000 | 200,000 | 1,000 | 100,000 | 0.10 | 0.50 | 100.00 | ≥ 1.0 ✓ |");
    }

    private void drain(String system, double rate) {
        ObjectNode result =
                JsonNodeFactory.instance.objectNode().put("drainRate", rate).put("clean", true);
        board.add(Scenario.DRAIN, system, new Measurement(result, Map.of(), 0));
    }

    @Test
    void aConnectIsToldByItsCostAndMarkedWhenTheGeneratorCouldDoNoMore() {
        connects(RatioTables.MOSQUITTO, 10_000, 1.8, Map.of("mosquitto", 0.2));
        connects(RatioTables.ONE_GATEWAY, 8_000, 1.1, Map.of("gateway-1", 0.72, "kafka", 0.08));

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 10,000 † | 8,000 | 0.80 | ≥ 0.8 not shown † | 20.0 | 90.0 | 100.0 | 1.80, 1.10 |")
                .contains("† The generator");
    }

    private void connects(String system, double rate, double generatorCpu, Map<String, Double> cpu) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("connectRate", rate).put("generatorCpu", generatorCpu).put("clean", true);
        board.add(Scenario.connects().name(), system, new Measurement(result, cpu, 0));
    }

    @Test
    void latencyIsHeldAgainstTheBareHop() {
        time(RatioTables.KAFKA_HOP, 1_000, 5_000);
        time(RatioTables.ONE_GATEWAY, 1_800, 10_500);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 500 msg/s, QoS 1 | 1.00 / 5.00 | 1.80 / 10.50 | 1.80 | 2.10 | ≤ 2.0 ✗ |")
                .doesNotContain("Throughput");
    }

    @Test
    void stoppedSubscribersAreHeldAgainstTheSameWithoutThem() {
        time(Scenario.NONE_STOPPED, RatioTables.ONE_GATEWAY, 2_000, 6_000);
        time(Scenario.STOPPED, RatioTables.ONE_GATEWAY, 2_500, 12_000);

        assertThat(RatioTables.of(board, List.of()))
                .contains("| 2.00 / 6.00 | 2.50 / 12.00 | 2.00 | ≤ 2.0 ✓ |")
                .doesNotContain("Throughput");
    }

    @Test
    void whatReadingTheLogCostsIsToldForEachMessage() {
        ObjectNode result = JsonNodeFactory.instance
                .objectNode()
                .put("publishRate", 100_000)
                .put("clean", true);
        Measurement measurement = new Measurement(result, Map.of("gateway-1", 0.5, "gateway-4", 0.1), 0);
        board.add(RatioTables.TAILING, RatioTables.ONE_GATEWAY, measurement.of("gateway-4", RatioTables.TAILING));

        assertThat(RatioTables.of(board, List.of())).contains("| 100,000 | 0.50 | 0.10 | 5.00 | 1.00 |");
    }
}
