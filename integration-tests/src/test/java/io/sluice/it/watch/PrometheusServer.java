package io.sluice.it.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.harness.Ports;
import io.sluice.it.harness.Tools;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real Prometheus with the configuration that is shipped, but other addresses and a pace that a test can wait for. */
final class PrometheusServer implements AutoCloseable {

    static final Path SHIPPED = Path.of("..", "deploy", "prometheus").toAbsolutePath();
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PACE = "1s";

    private final String url;
    private final OsProcess process;

    private PrometheusServer(String url, OsProcess process) {
        this.url = url;
        this.process = process;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param folder for its files
     * @param targets ports to scrape, by role
     */
    static PrometheusServer start(Path folder, Map<String, List<Integer>> targets) throws IOException {
        String program = Tools.require("prometheus");
        Path file = folder.resolve("prometheus.yml");
        Files.write(file, YAML.writeValueAsBytes(configuration(targets)));
        String address = "127.0.0.1:" + Ports.free();
        OsProcess process = OsProcess.start(
                "prometheus",
                List.of(
                        program,
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + address,
                        "--log.level=warn"),
                Map.of());
        process.awaitOk("http://" + address + "/-/ready", Duration.ofSeconds(30));
        return new PrometheusServer("http://" + address, process);
    }

    private static JsonNode configuration(Map<String, List<Integer>> targets) throws IOException {
        JsonNode shipped =
                YAML.readTree(SHIPPED.resolve("prometheus-static.yml").toFile());
        ((ObjectNode) shipped.get("global"))
                .put("scrape_interval", PACE)
                .put("scrape_timeout", PACE)
                .put("evaluation_interval", PACE);
        ((ObjectNode) shipped).putArray("rule_files").add(SHIPPED.resolve("rules") + "/*.yml");
        for (JsonNode job : shipped.get("scrape_configs")) {
            String role = job.get("job_name").asText().replace("sluice-", "");
            if (targets.containsKey(role)) {
                ArrayNode addresses = ((ObjectNode) job.get("static_configs").get(0)).putArray("targets");
                targets.get(role).forEach(port -> addresses.add("127.0.0.1:" + port));
            }
        }
        return shipped;
    }

    /** How many series an expression has now; an expression that is wrong is an error. */
    int query(String expression) {
        JsonNode answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (!answer.path("status").asText().equals("success")) {
            throw new IllegalArgumentException(
                    expression + ": " + answer.path("error").asText());
        }
        return answer.get("data").get("result").size();
    }

    /** What became of the rules. */
    JsonNode rules() {
        return get("/api/v1/rules").get("data").get("groups");
    }

    private JsonNode get(String path) {
        try {
            return JSON.readTree(OsProcess.get(url + path));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
