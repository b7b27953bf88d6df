package io.sluice.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.StartException;
import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.config.Configs;
import io.sluice.kit.metrics.Metrics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class AdminServerTest {

    private static final AdminConfig FREE_PORT = new AdminConfig("127.0.0.1", 0);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Metrics metrics = Metrics.create("gateway", "gateway-1");
    private final Fixture health = new Fixture();
    private final AdminServer server = AdminServer.start(
            FREE_PORT,
            health,
            metrics,
            Map.of(
                    "/echo",
                    (method, uri) -> Response.json(200, Map.of("method", method, "query", uri.getQuery())),
                    "/defect",
                    (method, uri) -> {
                        throw new IllegalStateException("defect");
                    }));

    private static final class Fixture implements Health {
        private volatile boolean alive = true;
        private volatile boolean writable = true;

        @Override
        public List<Check> live() {
            return List.of(new Check("tail", alive, alive ? "running" : "failed"));
        }

        @Override
        public List<Check> ready() {
            return List.of(new Check("kafka", writable, "last write 3 ms ago"), new Check("zookeeper", true, "away"));
        }
    }

    @AfterEach
    void close() {
        server.close();
        metrics.close();
    }

    @Test
    void aProcessThatLivesAndCanWorkSaysSo() throws Exception {
        assertAnswer(
                get("/live"), 200, "{\"ok\":true,\"checks\":[{\"name\":\"tail\",\"ok\":true,\"detail\":\"running\"}]}");
        assertAnswer(
                get("/ready"),
                200,
                "{\"ok\":true,\"checks\":["
                        + "{\"name\":\"kafka\",\"ok\":true,\"detail\":\"last write 3 ms ago\"},"
                        + "{\"name\":\"zookeeper\",\"ok\":true,\"detail\":\"away\"}]}");
    }

    @Test
    void oneFailedCheckMakesTheWholeFail() throws Exception {
        health.alive = false;
        health.writable = false;

        assertAnswer(
                get("/live"),
                503,
                "{\"ok\":false,\"checks\":[{\"name\":\"tail\",\"ok\":false,\"detail\":\"failed\"}]}");
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).startsWith("{\"ok\":false,").contains("{\"name\":\"kafka\",\"ok\":false,");
    }

    private static void assertAnswer(HttpResponse<String> response, int status, String json) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.body()).isEqualTo(json);
    }

    @Test
    void prometheusCanScrape() throws Exception {
        metrics.registry().counter("sluice.connects").increment();

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body())
                .contains("# TYPE sluice_connects_total counter\n")
                .contains("sluice_connects_total{node=\"gateway-1\",role=\"gateway\"} 1.0\n");
    }

    @Test
    void metricsTellWhetherTheProcessIsReady() throws Exception {
        assertThat(get("/metrics").body()).contains("sluice_ready{node=\"gateway-1\",role=\"gateway\"} 1.0\n");
        health.writable = false;
        assertThat(get("/metrics").body()).contains("sluice_ready{node=\"gateway-1\",role=\"gateway\"} 0.0\n");
    }

    @Test
    void theLogLevelIsChangedWhileTheProcessRuns() throws Exception {
        Logger sample = LoggerFactory.getLogger("io.sluice.sample.part");
        assertThat(sample.isDebugEnabled()).isFalse();

        HttpResponse<String> changed = send("PUT", "/log-levels?logger=io.sluice.sample&level=debug");

        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).contains("\"io.sluice.sample\":\"DEBUG\"");
        assertThat(sample.isDebugEnabled()).isTrue();
        assertThat(send("PUT", "/log-levels?logger=io.sluice.sample&level=").statusCode())
                .isEqualTo(200);
        assertThat(sample.isDebugEnabled()).isFalse();
        assertThat(get("/log-levels").body()).contains("\"ROOT\":").doesNotContain("io.sluice.sample");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?level=DEBUG", "?logger=io.sluice", "?logger=io.sluice&level=LOUD", "?logger=ROOT&level="})
    void aLogLevelThatThereIsNotChangesNothing(String query) throws Exception {
        String before = get("/log-levels").body();

        assertThat(send("PUT", "/log-levels" + query).statusCode()).isEqualTo(400);
        assertThat(get("/log-levels").body()).isEqualTo(before);
        assertThat(send("POST", "/log-levels").headers().firstValue("Allow")).hasValue("GET, HEAD, PUT");
    }

    @Test
    void aRoleAddsEndpointsOfItsOwn() throws Exception {
        assertThat(get("/echo?a=b").body()).contains("\"method\":\"GET\"").contains("\"query\":\"a=b\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live/", "/live/more", "/Live", "/nothing"})
    void unknownPathsAreNotFound(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void onlyReadingIsAllowed(String method) throws Exception {
        HttpResponse<String> response = send(method, "/live");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void headAnswersWithoutBody() throws Exception {
        health.writable = false;

        assertThat(send("HEAD", "/live").statusCode()).isEqualTo(200);
        assertThat(send("HEAD", "/live").body()).isEmpty();
        assertThat(send("HEAD", "/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void aDefectiveEndpointHarmsNoOther() throws Exception {
        assertThat(get("/defect").statusCode()).isEqualTo(500);
        assertThat(get("/live").statusCode()).isEqualTo(200);
    }

    @Test
    void slowClientsAreCutOff() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                slow.add(socket);
                socket.getOutputStream().write("GET /li".getBytes(StandardCharsets.US_ASCII));
                socket.setSoTimeout(30_000);
            }

            assertThat(get("/live").statusCode()).isEqualTo(200);
            for (Socket socket : slow) {
                assertThat(isCutOff(socket)).isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean isCutOff(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // Reset rather than closed, since nobody has read what was sent.
        }
    }

    @Test
    void anAddressThatCannotBeListenedOnIsOneClearLine() {
        AdminConfig taken = new AdminConfig("127.0.0.1", server.port());
        assertThatThrownBy(() -> AdminServer.start(taken, health, metrics, Map.of()))
                .isInstanceOf(StartException.class)
                .hasMessage("cannot listen on 127.0.0.1:" + server.port() + ": Address already in use");
        assertThatThrownBy(
                        () -> AdminServer.start(new AdminConfig("no-such-host.invalid", 0), health, metrics, Map.of()))
                .isInstanceOf(StartException.class)
                .hasMessage("cannot listen on no-such-host.invalid:0: the host is unknown");
    }

    @Test
    void onlyThisMachineIsServedByDefault() throws Exception {
        String host = Configs.defaults(AdminConfig.class).host();

        assertThat(InetAddress.getByName(host).isLoopbackAddress()).isTrue();
    }

    @Test
    void nobodyListensAfterTheClose() {
        server.close();

        assertThatThrownBy(() -> get("/live")).isInstanceOf(ConnectException.class);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
