package io.sluice.local;

import io.sluice.kit.config.AdminConfig;
import io.sluice.kit.config.ConfigException;
import io.sluice.kit.config.Configs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drain --config FILE}: tells a running gateway to stop as SIGTERM does, and waits until it has. */
@Command(
        name = "drain",
        description = {
            "Has a running gateway send its clients away and stop, as SIGTERM does, and waits for its end.",
            "Exit code: 0 when it has ended, 1 if it cannot be reached."
        },
        mixinStandardHelpOptions = true)
public final class DrainCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_MS = 500;
    private static final String CONNECTIONS = "sluice_connections{";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The gateway's configuration; its section admin is used. Environment variables override it.")
    private Path config;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /** The section that tells where the gateway can be asked. */
    public record Section(AdminConfig admin) {}

    @Override
    public Integer call() throws InterruptedException {
        Logging.off();
        AdminConfig admin;
        try {
            Section section = config == null
                    ? Configs.load(Section.class, null, System.getenv())
                    : Configs.loadSections(Section.class, config, System.getenv());
            admin = section.admin();
        } catch (ConfigException e) {
            System.err.println("Cannot start: " + e.getMessage());
            return 2;
        }
        String host = admin.host().equals("0.0.0.0") || admin.host().equals("::") ? "127.0.0.1" : admin.host();
        String url = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + admin.port();
        try {
            HttpResponse<String> answer = send(request(url + "/drain").POST(BodyPublishers.noBody()));
            if (answer.statusCode() != 202) {
                System.err.println("No gateway that is a process of its own is at " + url);
                return 1;
            }
        } catch (IOException e) {
            System.err.println("Nothing answers at " + url);
            return 1;
        }
        watch(url);
        System.out.println("The gateway has stopped");
        return 0;
    }

    /** Until nobody listens any more; a gateway that only takes its time is asked again. */
    private void watch(String url) throws InterruptedException {
        long shown = -1;
        while (true) {
            try {
                long clients = connections(send(request(url + "/metrics")).body());
                if (clients != shown) {
                    System.out.println(clients + " clients are connected");
                    shown = clients;
                }
            } catch (HttpTimeoutException e) {
                System.out.println("The gateway takes its time to answer");
            } catch (IOException e) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        }
    }

    private static long connections(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith(CONNECTIONS))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
