package io.sluice.kit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.sluice.kit.StartException;
import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.metrics.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /live}, {@code /ready} (200 or 503, with each check as JSON; {@code sluice_ready} among the metrics is the
 * same), {@code /metrics} (Prometheus' text) and {@code /log-levels} ({@link LogLevels}) and what a role adds. A few daemon threads serve all; a client that is slow to ask or to read is cut
 * off after seconds.
 */
public final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 4;
    private static final int WAITING_REQUESTS = 256;
    private static final int BACKLOG = 64;
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    static {
        // The JDK's server is configured by system properties alone. In seconds; without limits it waits for ever.
        presume("sun.net.httpserver.maxReqTime", "5");
        presume("sun.net.httpserver.maxRspTime", "10");
        // Headers and body are two writes: the second must not wait for the acknowledgement of the first.
        presume("sun.net.httpserver.nodelay", "true");
    }

    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    private AdminServer(HttpServer server, ThreadPoolExecutor threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Listens and serves.
     *
     * @param more endpoints by their exact path, such as {@code /ha/leader}
     * @throws StartException if the address cannot be listened on
     */
    public static AdminServer start(AdminConfig config, Health health, Metrics metrics, Map<String, Endpoint> more) {
        AdminServer admin = new AdminServer(listen(config), newThreads());
        admin.endpoints.put("/live", (method, uri) -> report(health::live));
        admin.endpoints.put("/ready", (method, uri) -> report(health::ready));
        admin.endpoints.put("/metrics", (method, uri) -> scrape(metrics));
        admin.endpoints.put("/log-levels", new LogLevels());
        admin.endpoints.putAll(more);
        admin.server.setExecutor(admin.threads);
        admin.server.createContext("/", admin::serve);
        admin.server.start();
        Gauge.builder("sluice.ready", health, asked -> isOk(asked.ready()) ? 1 : 0)
                .description("1 while /ready answers 200, else 0")
                .strongReference(true)
                .register(metrics.registry());
        return admin;
    }

    private static void presume(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HttpServer listen(AdminConfig config) {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        try {
            return HttpServer.create(address, BACKLOG);
        } catch (IOException | IllegalArgumentException e) {
            String reason = address.isUnresolved() ? "the host is unknown" : e.getMessage();
            throw new StartException("cannot listen on " + config.host() + ":" + config.port() + ": " + reason, e);
        }
    }

    private static ThreadPoolExecutor newThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_REQUESTS), work -> {
                    Thread thread = new Thread(work, "admin-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * The body of {@code /live} and {@code /ready}.
     *
     * @param ok whether all checks are
     */
    private record Report(boolean ok, List<Check> checks) {}

    private static Response report(Supplier<List<Check>> asked) {
        List<Check> checks = asked.get();
        boolean ok = isOk(checks);
        return Response.json(ok ? 200 : 503, new Report(ok, checks));
    }

    private static boolean isOk(List<Check> checks) {
        return checks.stream().allMatch(Check::ok);
    }

    private static Response scrape(Metrics metrics) {
        return new Response(200, PROMETHEUS_TEXT, metrics.scrape().getBytes(StandardCharsets.UTF_8));
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = answer(exchange);
            boolean bodyless = exchange.getRequestMethod().equals("HEAD") || response.body().length == 0;
            exchange.getResponseHeaders().set("Content-Type", response.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(response.status(), bodyless ? -1 : response.body().length);
            if (!bodyless) {
                exchange.getResponseBody().write(response.body());
            }
        }
    }

    private Response answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        Endpoint endpoint = endpoints.get(path);
        if (endpoint == null) {
            return Response.text(404, "Nothing is served here\n");
        }
        if (endpoint.isForThisMachine() && !isFromThisMachine(exchange)) {
            return Response.text(403, "This is for those who are on this machine\n");
        }
        if (!endpoint.methods().contains(method)) {
            String allowed = String.join(", ", new TreeSet<>(endpoint.methods()));
            exchange.getResponseHeaders().set("Allow", allowed);
            return Response.text(405, "Only these are served here: " + allowed + "\n");
        }
        try {
            return endpoint.handle(method, exchange.getRequestURI());
        } catch (RuntimeException e) {
            log.atError().setCause(e).addKeyValue("path", path).log("A request could not be answered");
            return Response.text(500, "This request could not be answered: see the log\n");
        }
    }

    private static boolean isFromThisMachine(HttpExchange exchange) {
        InetAddress from = exchange.getRemoteAddress().getAddress();
        return from.isLoopbackAddress()
                || from.equals(exchange.getLocalAddress().getAddress());
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops listening and cuts off what is being served. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
