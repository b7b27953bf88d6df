package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bench.compare.Mosquitto;
import io.sluice.bench.compare.Mosquitto.Saving;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Every scenario, through the command line, against a real broker. */
class MosquittoTest {

    @TempDir
    static Path folder;

    private static Mosquitto mosquitto;

    @BeforeAll
    static void start() {
        if (!Mosquitto.isInstalled()) {
            String message = "mosquitto is not installed: the generator is not tested against a real broker";
            assertThat(System.getenv("SLUICE_REQUIRE_ALL_TESTS")).as(message).isNotEqualTo("1");
            System.err.println("SKIPPED: " + message);
            abort(message);
        }
        mosquitto = Mosquitto.start(folder, Saving.NOTHING);
    }

    @AfterAll
    static void stop() {
        if (mosquitto != null) {
            mosquitto.close();
        }
    }

    private JsonNode run(String... arguments) throws IOException {
        Path json = folder.resolve("result.json");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--target", mosquitto.address(), "--json", json.toString(), "--check"));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.command().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

        int code = command.execute(all.toArray(String[]::new));

        assertThat(code).as("%s%n%s", out, err).isZero();
        return new ObjectMapper().readTree(json.toFile()).get("result");
    }

    @ParameterizedTest
    @CsvSource({"3.1.1, 0", "3.1.1, 1", "3.1.1, 2", "5, 0", "5, 1", "5, 2"})
    void countsOfAFixedRateAreExact(String version, String qos) throws IOException {
        JsonNode result = run(
                "one-to-one",
                "--pairs",
                "7",
                "--mqtt",
                version,
                "--qos",
                qos,
                "--rate",
                "1000",
                "--warmup",
                "200ms",
                "--duration",
                "800ms");

        assertThat(result.at("/totals/sent").asLong()).isEqualTo(1_000);
        assertThat(result.at("/totals/delivered").asLong()).isEqualTo(1_000);
        assertThat(result.at("/delivery/count").asLong()).isEqualTo(800);
        assertThat(result.at("/delivery/p50").asLong()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"3.1.1, 0", "3.1.1, 1", "3.1.1, 2", "5, 0", "5, 1", "5, 2"})
    void aClosedLoopDeliversAllThatItSent(String version, String qos) throws IOException {
        JsonNode result = run(
                "one-to-one",
                "--pairs",
                "5",
                "--mqtt",
                version,
                "--qos",
                qos,
                "--warmup",
                "100ms",
                "--duration",
                "300ms");

        assertThat(result.at("/totals/sent").asLong()).isGreaterThan(100);
        assertThat(result.at("/totals/delivered").asLong())
                .isEqualTo(result.at("/totals/sent").asLong());
    }

    @ParameterizedTest
    @CsvSource({"3.1.1, 1", "5, 1", "5, 2"})
    void durableSessionsDeliverAllThatWasSentToThem(String version, String qos) throws IOException {
        String[] durable = {"one-to-one", "--pairs", "5", "--durable", "--mqtt", version, "--qos", qos};
        JsonNode result = run(concat(durable, "--warmup", "100ms", "--duration", "300ms", "--practice", "1000"));

        assertThat(result.at("/totals/sent").asLong()).isGreaterThan(1_000);
        assertThat(result.at("/totals/delivered").asLong())
                .isEqualTo(result.at("/totals/sent").asLong());
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void whatWaitsForSessionsIsFetchedWhenTheyComeBack(String qos) throws IOException {
        String[] few = {"drain", "--sessions", "7", "--messages", "700", "--connecting", "2"};
        JsonNode result = run(concat(few, "--mqtt", "5", "--qos", qos, "--event-loops", "2"));

        assertThat(result.at("/totals/sent").asLong()).isEqualTo(700);
        assertThat(result.at("/totals/delivered").asLong()).isEqualTo(700);
        assertThat(result.at("/drainRate").asDouble()).isPositive();
    }

    @Test
    void drainsInWavesOverSeveralRuns() throws IOException {
        String[] run = {"drain", "--mqtt", "5", "--sessions", "20", "--messages", "100", "--publishers", "4"};
        String[] steps = concat(run, "--wave", "8", "--id", "known");

        JsonNode created = run(concat(steps, "--steps", "CREATE"));
        JsonNode queued = run(concat(steps, "--steps", "QUEUE"));
        JsonNode fetched = run(concat(steps, "--steps", "FETCH"));

        assertThat(created.at("/createSeconds").asDouble()).isPositive();
        assertThat(queued.at("/totals/acknowledged").asLong()).isEqualTo(100);
        assertThat(queued.at("/waves").size()).isZero();
        assertThat(fetched.at("/totals/delivered").asLong()).isEqualTo(100);
        assertThat(fetched.at("/waves").size()).isEqualTo(3);
        assertThat(fetched.at("/waves/2/sessions").asInt()).isEqualTo(4);
        assertThat(fetched.at("/waves/2/lost").asInt()).isZero();
    }

    @Test
    void fanOutDeliversEachMessageToAll() throws IOException {
        JsonNode result = run("fan-out", "--subscribers", "20", "--qos", "1", "--warmup", "0ms", "--duration", "300ms");

        assertThat(result.at("/totals/delivered").asLong())
                .isEqualTo(20 * result.at("/totals/sent").asLong())
                .isPositive();
    }

    @Test
    void whatThoseMissWhoStopReadingIsNotLost() throws IOException {
        String[] few = {"fan-out", "--subscribers", "2", "--rate", "1000", "--payload", "10000", "--warmup", "0ms"};
        JsonNode result = run(concat(few, "--duration", "500ms", "--stopped", "5"));

        assertThat(result.at("/totals/delivered").asLong())
                .isEqualTo(2 * result.at("/totals/sent").asLong())
                .isPositive();
    }

    @Test
    void fanInDeliversToAllOrIsDivided() throws IOException {
        String[] few = {"fan-in", "--publishers", "20", "--subscribers", "3", "--qos", "1", "--warmup", "0ms"};
        JsonNode all = run(concat(few, "--duration", "300ms"));
        JsonNode divided = run(concat(few, "--duration", "300ms", "--divided", "--event-loops", "2"));

        assertThat(all.at("/totals/delivered").asLong())
                .isEqualTo(3 * all.at("/totals/sent").asLong())
                .isPositive();
        assertThat(divided.at("/totals/delivered").asLong())
                .isEqualTo(divided.at("/totals/sent").asLong())
                .isPositive();
    }

    @Test
    void topicsAreTakenInTurn() throws IOException {
        JsonNode result = run(
                "one-to-one",
                "--pairs",
                "2",
                "--topics-per-publisher",
                "50",
                "--rate",
                "1000",
                "--warmup",
                "0ms",
                "--duration",
                "500ms",
                "--payload",
                "10");

        assertThat(result.at("/totals/delivered").asLong()).isEqualTo(500);
    }

    @Test
    void connectsAreCounted() throws IOException {
        JsonNode result = run("connect", "--connecting", "10", "--warmup", "100ms", "--duration", "300ms");

        assertThat(result.at("/connectRate").asDouble()).isPositive();
        assertThat(result.at("/failed").asLong()).isZero();
    }

    @Test
    void idleConnectionsComeFromSeveralAddressesAndStay() throws IOException {
        JsonNode result = run(
                "idle",
                "--connections",
                "50",
                "--source",
                "127.0.0.2,127.0.0.3",
                "--subscriptions",
                "3",
                "--wildcards",
                "--hold",
                "4s",
                "--keep-alive",
                "2");

        assertThat(result.at("/connections").asLong()).isEqualTo(50);
        assertThat(result.at("/connectionsLost").asLong()).isZero();
    }

    private static String[] concat(String[] first, String... second) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(second));
        return all.toArray(String[]::new);
    }
}
