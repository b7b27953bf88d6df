package io.sluice.it.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sluice.it.harness.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped for Prometheus, as far as it can be judged without a cluster. */
class PrometheusFilesTest {

    private static final Path RUNBOOK = Path.of("..", "docs", "runbook.md");
    private static final String TESTS = "tests/alerts.yml";

    @Test
    void prometheusTakesTheConfigurations() throws Exception {
        promtool("check", "config", "prometheus.yml", "prometheus-static.yml");
    }

    @Test
    void everyAlertFiresWhenItShouldAndIsSilentWhenAllIsWell() throws Exception {
        promtool("test", "rules", TESTS);

        List<String> fired = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (JsonNode test : new YAMLMapper()
                .readTree(PrometheusServer.SHIPPED.resolve(TESTS).toFile())
                .get("tests")) {
            for (JsonNode alert : test.get("alert_rule_test")) {
                (alert.get("exp_alerts").isEmpty() ? silent : fired)
                        .add(alert.get("alertname").asText());
            }
        }
        assertThat(fired).containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(silent).containsExactlyInAnyOrderElementsOf(alerts());
    }

    @Test
    void everyAlertHasAnEntryInTheRunbookAndEveryEntryAnAlert() throws IOException {
        assertThat(Files.readAllLines(RUNBOOK).stream()
                        .filter(line -> line.startsWith("## "))
                        .map(line -> line.substring(3)))
                .containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(Rule.of("alerts.yml"))
                .allSatisfy(alert -> assertThat(alert.runbook())
                        .isEqualTo("docs/runbook.md#" + alert.name().toLowerCase(Locale.ROOT)));
    }

    private static List<String> alerts() throws IOException {
        return Rule.of("alerts.yml").stream().map(Rule::name).toList();
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of(Tools.require("promtool")), Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(command)
                .directory(PrometheusServer.SHIPPED.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
