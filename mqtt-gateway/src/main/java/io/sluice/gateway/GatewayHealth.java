package io.sluice.gateway;

import io.sluice.gateway.kafka.LogHealth;
import io.sluice.gateway.kafka.LogTail;
import io.sluice.kit.http.Check;
import io.sluice.kit.http.Health;
import io.sluice.kit.membership.GatewayMembership;
import io.sluice.kit.membership.GatewayStatus;
import java.util.List;

/** Whether the gateway lives and can serve: it is ready only while it can write to Kafka. Thread-safe. */
final class GatewayHealth implements Health {

    private volatile Parts parts;
    private volatile boolean draining;

    private record Parts(LogHealth log, LogTail tail, GatewayMembership membership) {}

    /** The parts that health depends on have started. */
    void started(LogHealth log, LogTail tail, GatewayMembership membership) {
        parts = new Parts(log, tail, membership);
    }

    /** The gateway is told to stop: from here on it is not ready. */
    void drain() {
        draining = true;
    }

    /** Whether it is told to stop. */
    boolean isDraining() {
        return draining;
    }

    /** {@code ready}, {@code not-ready} or {@code draining}, as other members and HAProxy's agent check are told. */
    String state() {
        if (draining) {
            return GatewayStatus.DRAINING;
        }
        return isServing() ? GatewayStatus.READY : GatewayStatus.NOT_READY;
    }

    /** Whether clients can be served. */
    boolean isServing() {
        Parts present = parts;
        return present != null && present.log.isWritable() && present.tail.isRunning();
    }

    /** See {@link LogHealth#lease}; -1 before the start. */
    long lease() {
        Parts present = parts;
        return present == null ? -1 : present.log.lease();
    }

    @Override
    public List<Check> live() {
        Parts present = parts;
        boolean tailLives = present == null || present.tail.isAlive();
        return List.of(new Check("tail", tailLives, tailLives ? "running" : "the tail of the log has failed"));
    }

    @Override
    public List<Check> ready() {
        Parts present = parts;
        if (present == null) {
            return List.of(new Check("started", false, "waiting for Kafka and ZooKeeper"));
        }
        if (draining) {
            return List.of(new Check("drain", false, "this gateway shuts down"));
        }
        long silence = present.log.sinceLastConfirmed().toMillis();
        return List.of(
                new Check("kafka", present.log.isWritable(), "last confirmed write " + silence + " ms ago"),
                new Check(
                        "tail",
                        present.tail.isRunning(),
                        present.tail.isRunning() ? "at the log" : "catching up with the log"),
                // Serving goes on without ZooKeeper, so this one only informs.
                new Check("zookeeper", true, present.membership.connected() ? "connected" : "away; serving goes on"));
    }
}
