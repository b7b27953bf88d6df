package io.sluice.it.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds what operators look at to what a cluster under load really tells: a metric that is renamed breaks docs/metrics.md, the
 * rules or the dashboards here. After a change of metrics write docs/metrics.md anew:
 *
 * <pre>{@code
 * ./mvnw -pl integration-tests -am verify -Dit.test=WatchIT -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dfailsafe.failIfNoSpecifiedTests=false -Ddocs.write
 * }</pre>
 */
class WatchIT {

    private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    @TempDir
    private static Path folder;

    private static Traffic traffic;
    private static PrometheusServer prometheus;

    @BeforeAll
    static void start() throws IOException {
        traffic = Traffic.start();
        prometheus = PrometheusServer.start(folder, Cluster.adminPorts());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.close();
        }
        traffic.close();
    }

    @Test
    void theDocumentTellsEveryMetricAsItIs() throws IOException {
        awaitSeries(List.of("sluice_session_lag_messages", "sluice_disconnects_total"));
        Exposition told = new Exposition();
        Cluster.adminPorts().forEach((role, ports) -> ports.forEach(port -> told.add(role, scrape(port))));
        List<Exposition.Family> families = new ArrayList<>(told.families("disk_"));
        families.addAll(told.families("sluice_"));
        List<String> tables = MetricsDocument.tables(families);

        List<String> document = Files.readAllLines(DOCUMENT);
        int begin = document.indexOf(MetricsDocument.BEGIN);
        assertThat(begin).as("where the tables begin").isNotNegative();
        if (System.getProperty("docs.write") != null) {
            List<String> fresh = new ArrayList<>(document.subList(0, begin));
            fresh.addAll(tables);
            Files.write(DOCUMENT, fresh);
            document = fresh;
        }
        assertThat(document.subList(begin, document.size()))
                .as("docs/metrics.md is outdated; the Javadoc of this test tells how to write it anew")
                .containsExactlyElementsOf(tables);
        assertThat(tables.stream().filter(line -> line.startsWith("| `")))
                .as("every metric has a place")
                .hasSameSizeAs(families);
    }

    @Test
    void namesFollowPrometheusConventions() throws Exception {
        String promtool = Tools.require("promtool");
        for (List<Integer> ports : Cluster.adminPorts().values()) {
            List<String> ours = scrape(ports.get(0))
                    .lines()
                    .filter(line -> line.replaceFirst("^# \\w+ ", "").startsWith("sluice_"))
                    .toList();
            Process lint = new ProcessBuilder(promtool, "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
            lint.getOutputStream().write((String.join("\n", ours) + "\n").getBytes(StandardCharsets.UTF_8));
            lint.getOutputStream().close();
            String found = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(lint.waitFor()).as(found).isZero();
        }
    }

    @Test
    void everyRecordingRuleTellsSomething() throws IOException {
        awaitSeries(Rule.of("recording.yml").stream().map(Rule::name).toList());
    }

    /** An alert is rightly silent; but what it asks for must be there, or it would be silent for ever. */
    @Test
    void everythingThatAnAlertAsksForIsThere() throws IOException {
        Set<String> selectors = new LinkedHashSet<>();
        for (Rule alert : Rule.of("alerts.yml")) {
            Set<String> ofAlert = Selectors.of(alert.expression());
            assertThat(ofAlert).as(alert.name()).isNotEmpty();
            selectors.addAll(ofAlert);
        }
        awaitSeries(List.copyOf(selectors));
    }

    @Test
    void everyPanelShowsSomething() throws IOException {
        awaitSeries(Dashboards.queries());
    }

    @Test
    void noRuleFails() {
        Awaitility.await("all rules are evaluated without an error")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.rules().findValuesAsText("health"))
                        .isNotEmpty()
                        .containsOnly("ok"));
    }

    /** Waits until each expression has at least one series; those that never have are named. */
    private static void awaitSeries(List<String> expressions) {
        List<String> missing = new ArrayList<>(expressions);
        Awaitility.await("each of these has series")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    missing.removeIf(expression -> prometheus.query(expression) > 0);
                    assertThat(missing).isEmpty();
                });
    }

    private static String scrape(int port) {
        return OsProcess.get("http://127.0.0.1:" + port + "/metrics");
    }
}
