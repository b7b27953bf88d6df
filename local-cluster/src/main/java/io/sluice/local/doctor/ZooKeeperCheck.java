package io.sluice.local.doctor;

import io.sluice.kit.config.ZooKeeperConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** Whether ZooKeeper answers, and gives sessions as long as configured. Reads only. */
final class ZooKeeperCheck {

    private static final String SUBJECT = "zookeeper";

    private final ZooKeeperConfig config;
    private final Report report;

    ZooKeeperCheck(ZooKeeperConfig config, Report report) {
        this.config = config;
        this.report = report;
    }

    void run() {
        CountDownLatch connected = new CountDownLatch(1);
        try (ZooKeeper client = new ZooKeeper(
                config.connect(), Math.toIntExact(config.sessionTimeout().toMillis()), event -> {
                    if (event.getState() == KeeperState.SyncConnected) {
                        connected.countDown();
                    }
                })) {
            if (!connected.await(config.connectionTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                unreachable("no answer within " + config.connectionTimeout().toSeconds() + " s");
                return;
            }
            root(client);
            session(Duration.ofMillis(client.getSessionTimeout()));
        } catch (IOException | IllegalArgumentException e) {
            unreachable(e.getMessage());
        } catch (KeeperException e) {
            report.fail(SUBJECT, config.root() + " cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            unreachable("interrupted");
        }
    }

    private void unreachable(String reason) {
        report.fail(
                SUBJECT,
                "cannot be reached at " + config.connect() + " (" + reason
                        + "): check zookeeper.connect, and that this machine may connect there");
    }

    private void root(ZooKeeper client) throws KeeperException, InterruptedException {
        String there = client.exists(config.root(), false) == null
                ? "which does not exist yet: the first process makes it"
                : "which exists";
        report.ok(
                SUBJECT,
                "answers at " + config.connect() + "; this cluster lives under " + config.root() + ", " + there);
    }

    private void session(Duration granted) {
        if (granted.equals(config.sessionTimeout())) {
            report.ok("zookeeper session", "time-out " + granted.toMillis() + " ms, as configured");
        } else {
            report.warn(
                    "zookeeper session",
                    "time-out " + granted.toMillis() + " ms, but zookeeper.sessionTimeout is "
                            + config.sessionTimeout().toMillis()
                            + " ms: the server's minSessionTimeout or maxSessionTimeout forbids it");
        }
    }
}
