package io.sluice.it.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The dashboards of Grafana that are shipped. */
final class Dashboards {

    static final Path SHIPPED = Path.of("..", "deploy", "grafana").toAbsolutePath();

    private Dashboards() {}

    static List<JsonNode> all() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED.resolve("dashboards"))) {
            List<JsonNode> dashboards = new ArrayList<>();
            for (Path file : files.filter(name -> name.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                dashboards.add(new ObjectMapper().readTree(file.toFile()));
            }
            return dashboards;
        }
    }

    /** What all panels ask, with Grafana's variables as they are when nothing is chosen, at the pace of the test. */
    static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode dashboard : all()) {
            for (JsonNode panel : dashboard.get("panels")) {
                panel.path("targets")
                        .forEach(target -> queries.add(target.get("expr")
                                .asText()
                                .replace("$__rate_interval", "10s")
                                .replace("$__range", "1m")
                                .replaceAll("\\$\\w+", ".*")));
            }
        }
        return queries;
    }
}
