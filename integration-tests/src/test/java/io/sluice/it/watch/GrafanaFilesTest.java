package io.sluice.it.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sluice.it.harness.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shipped for Grafana, as far as it can be judged without a Grafana. */
class GrafanaFilesTest {

    private static final int WIDTH = 24;

    @Test
    void theDashboardsAreWhatTheirSourceSays() throws Exception {
        node("write.mjs", "--check");
    }

    @Test
    void theDashboardsAreAsGrafanasSchemaHasThem() throws Exception {
        node("check.mjs");
    }

    @Test
    void everyPanelSaysWhatItTellsAndInWhichUnit() throws IOException {
        for (JsonNode panel : panels()) {
            assertThat(panel.get("description").asText())
                    .as(panel.get("title").asText())
                    .hasSizeGreaterThan(10);
            assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                    .as(panel.get("title").asText())
                    .isNotEmpty();
        }
    }

    @Test
    void noPanelHidesAnother() throws IOException {
        for (JsonNode dashboard : Dashboards.all()) {
            boolean[][] taken = new boolean[1_000][WIDTH];
            for (JsonNode panel : dashboard.get("panels")) {
                JsonNode at = panel.get("gridPos");
                for (int y = at.get("y").asInt();
                        y < at.get("y").asInt() + at.get("h").asInt();
                        y++) {
                    for (int x = at.get("x").asInt();
                            x < at.get("x").asInt() + at.get("w").asInt();
                            x++) {
                        assertThat(taken[y][x])
                                .as("%s at %d, %d", panel.get("title"), x, y)
                                .isFalse();
                        taken[y][x] = true;
                    }
                }
            }
        }
    }

    @Test
    void theDataSourceOfAllPanelsIsProvisioned() throws IOException {
        Path file = Dashboards.SHIPPED.resolve("provisioning/datasources/prometheus.yml");
        String uid = new YAMLMapper()
                .readTree(file.toFile())
                .at("/datasources/0/uid")
                .asText();

        assertThat(panels())
                .allSatisfy(panel ->
                        assertThat(panel.findValuesAsText("uid")).isNotEmpty().containsOnly(uid));
    }

    private static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode dashboard : Dashboards.all()) {
            for (JsonNode panel : dashboard.get("panels")) {
                if (!panel.get("type").asText().equals("row")) {
                    panels.add(panel);
                }
            }
        }
        assertThat(panels).isNotEmpty();
        return panels;
    }

    private static void node(String... arguments) throws Exception {
        Path folder = Tools.nodeFolder(Dashboards.SHIPPED.resolve("generate"), "typescript");
        List<String> command = new ArrayList<>(List.of(Tools.require("node")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
