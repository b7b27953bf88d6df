package io.sluice.leader;

import io.sluice.kit.membership.GatewayNode;
import io.sluice.leader.curator.ClusterView;
import io.sluice.leader.duty.TopicsReport;
import java.util.List;
import java.util.Map;

/**
 * The cluster as one candidate sees it: the answer to {@code GET /ha/cluster}.
 *
 * @param id of the candidate that answers
 * @param zookeeper whether it can reach ZooKeeper; if not, all that follows is what it knew last
 * @param primary the id of the primary, null if there is none
 * @param term of the primary, 0 if there is none
 * @param slots of the cluster
 * @param leaders all candidates
 * @param gateways the live ones by slot
 * @param routers the live ones
 * @param topics what the primary found of Kafka's topics
 */
record ClusterReport(
        String id,
        boolean zookeeper,
        String primary,
        long term,
        Slots slots,
        List<ClusterView.Member> leaders,
        List<Gateway> gateways,
        List<ClusterView.Member> routers,
        TopicsReport topics) {

    /**
     * How full the cluster is.
     *
     * @param total how many gateways it can have
     * @param taken how many it has
     */
    record Slots(int total, int taken) {}

    /**
     * A gateway, on one level.
     *
     * @param load 0 to 1
     * @param stats as it publishes them below {@code $SYS}
     */
    record Gateway(
            int slot,
            String incarnation,
            String name,
            String mqttAddress,
            String adminAddress,
            String state,
            int connections,
            double load,
            Map<String, Double> stats) {

        static Gateway of(GatewayNode node) {
            return new Gateway(
                    node.slot(),
                    node.incarnation(),
                    node.info().name(),
                    node.info().mqttAddress(),
                    node.info().adminAddress(),
                    node.status().state(),
                    node.status().connections(),
                    node.status().load(),
                    node.status().stats());
        }
    }
}
