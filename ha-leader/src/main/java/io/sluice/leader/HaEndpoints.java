package io.sluice.leader;

import io.sluice.kit.http.Endpoint;
import io.sluice.kit.http.Response;
import io.sluice.leader.curator.ClusterView;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the HA port answers beside health and metrics. Thread-safe; never waits for anything. */
final class HaEndpoints {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final LeaderConfig config;
    private final ClusterView view;
    private final Supplier<Term> ownTerm;
    private final BooleanSupplier connected;

    /**
     * @param ownTerm of this candidate, null while it is not primary
     * @param connected whether ZooKeeper can be reached
     */
    HaEndpoints(LeaderConfig config, ClusterView view, Supplier<Term> ownTerm, BooleanSupplier connected) {
        this.config = config;
        this.view = view;
        this.ownTerm = ownTerm;
        this.connected = connected;
    }

    Map<String, Endpoint> all() {
        return Map.of("/ha/leader", this::leader, "/ha/cluster", this::cluster);
    }

    /**
     * Who is primary.
     *
     * @param id of the candidate that answers
     * @param primary the id of the primary, null if there is none
     * @param term of the primary, 0 if there is none
     */
    record LeaderAnswer(String id, String primary, long term) {}

    /** 200 on the primary and 503 on a standby, so that a load balancer finds the primary by this check alone. */
    private Response leader(String method, URI uri) {
        Term own = ownTerm.get();
        if (own != null) {
            return Response.json(OK, new LeaderAnswer(config.name(), config.name(), own.number()));
        }
        Optional<ClusterView.Primary> primary = view.primary();
        return Response.json(
                UNAVAILABLE,
                new LeaderAnswer(
                        config.name(),
                        primary.map(ClusterView.Primary::id).orElse(null),
                        primary.map(ClusterView.Primary::term).orElse(0L)));
    }

    private Response cluster(String method, URI uri) {
        var gateways = view.gateways().stream().map(ClusterReport.Gateway::of).toList();
        Optional<ClusterView.Primary> primary = view.primary();
        return Response.json(
                OK,
                new ClusterReport(
                        config.name(),
                        connected.getAsBoolean(),
                        primary.map(ClusterView.Primary::id).orElse(null),
                        primary.map(ClusterView.Primary::term).orElse(0L),
                        new ClusterReport.Slots(config.slots(), gateways.size()),
                        view.leaders(),
                        gateways,
                        view.routers(),
                        view.topics()));
    }
}
