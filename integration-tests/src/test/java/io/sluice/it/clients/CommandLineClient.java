package io.sluice.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.probe.MqttProbe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client that is a program of its own. It prints a line when the server has said yes, and then one for each message:
 * {@code retain qos topic payload}.
 */
final class CommandLineClient implements RealClient.Subscription {

    private final Process process;
    private final String ready;
    private final CountDownLatch isReady = new CountDownLatch(1);
    private final BlockingQueue<RealClient.Received> received = new LinkedBlockingQueue<>();
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();

    private CommandLineClient(Process process, String ready) {
        this.process = process;
        this.ready = ready;
    }

    /**
     * Starts a program and returns when it is ready.
     *
     * @param ready what it prints then
     */
    static CommandLineClient start(String ready, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            CommandLineClient client = new CommandLineClient(process, ready);
            Thread reader = new Thread(client::read, "reads-" + process.pid());
            reader.setDaemon(true);
            reader.start();
            boolean inTime = client.isReady.await(MqttProbe.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            assertThat(inTime)
                    .as("%s is ready; it printed: %s", command, client.printed)
                    .isTrue();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program to its end, which must be a good one. */
    static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as("%s printed: %s", command, printed).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.add(line);
                if (line.startsWith(ready)) {
                    isReady.countDown();
                } else if (line.matches("[01] [012] .*")) {
                    String[] words = line.split(" ", 4);
                    received.add(new RealClient.Received(
                            words[2], words[3], Integer.parseInt(words[1]), words[0].equals("1")));
                }
            }
        } catch (IOException e) {
            printed.add(e.toString());
        }
    }

    @Override
    public BlockingQueue<RealClient.Received> received() {
        return received;
    }

    /** kill -9. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
