package io.sluice.leader;

import io.sluice.kit.http.Check;
import io.sluice.kit.http.Health;
import io.sluice.leader.duty.GatewayWatch;
import io.sluice.leader.duty.TopicProvisioning;
import io.sluice.leader.duty.TopicsReport;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether a candidate can do what it is for: be elected, and as primary have its duties done. Thread-safe.
 *
 * @param connected whether ZooKeeper can be reached
 * @param primary whether the duties are this candidate's
 */
record LeaderHealth(
        BooleanSupplier connected, BooleanSupplier primary, TopicProvisioning provisioning, GatewayWatch watch)
        implements Health {

    @Override
    public List<Check> live() {
        return List.of(new Check("process", true, "running"));
    }

    @Override
    public List<Check> ready() {
        boolean reachable = connected.getAsBoolean();
        Check zooKeeper = new Check("zookeeper", reachable, reachable ? "connected" : "away");
        if (!primary.getAsBoolean()) {
            return List.of(zooKeeper, new Check("standby", true, "the duties are the primary's"));
        }
        TopicsReport topics = provisioning.report();
        String trouble = watch.trouble();
        return List.of(
                zooKeeper,
                new Check("topics", topics.ready(), topics.ready() ? "provisioned" : topics.detail()),
                new Check("gateway-watch", trouble.isEmpty(), trouble.isEmpty() ? "watching" : trouble));
    }
}
