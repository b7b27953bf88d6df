package io.sluice.local;

import io.sluice.kit.StartException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** Asks a process whether it is ready, as a load balancer does. */
final class Readiness {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int TIMEOUT_MS = 2_000;
    private static final int INTERVAL_MS = 100;

    private Readiness() {}

    /** @throws StartException when it is not ready within a minute */
    static void await(String host, int adminPort) throws InterruptedException {
        URI ready = URI.create("http://" + host + ":" + adminPort + "/ready");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady(ready)) {
            if (System.nanoTime() > deadline) {
                throw new StartException("not ready within " + PATIENCE.toSeconds() + " s: " + ready + " tells why");
            }
            Thread.sleep(INTERVAL_MS);
        }
    }

    private static boolean isReady(URI ready) {
        try {
            HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
