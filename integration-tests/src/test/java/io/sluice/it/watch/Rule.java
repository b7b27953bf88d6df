package io.sluice.it.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule of Prometheus.
 *
 * @param name of the alert, or of the series that it records
 * @param runbook where to read about the alert
 */
record Rule(String name, boolean isAlert, String expression, String runbook) {

    /** Those of a file that is shipped. */
    static List<Rule> of(String file) throws IOException {
        List<Rule> rules = new ArrayList<>();
        JsonNode read = new YAMLMapper()
                .readTree(
                        PrometheusServer.SHIPPED.resolve("rules").resolve(file).toFile());
        for (JsonNode group : read.get("groups")) {
            for (JsonNode rule : group.get("rules")) {
                boolean isAlert = rule.has("alert");
                rules.add(new Rule(
                        rule.get(isAlert ? "alert" : "record").asText(),
                        isAlert,
                        rule.get("expr").asText(),
                        rule.path("annotations").path("runbook").asText()));
            }
        }
        return rules;
    }
}
