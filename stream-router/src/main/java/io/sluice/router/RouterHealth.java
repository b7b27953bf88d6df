package io.sluice.router;

import io.sluice.kit.http.Check;
import io.sluice.kit.http.Health;
import io.sluice.router.streams.StreamsRun;
import java.util.List;

/**
 * Whether the router lives and does its work: all of its stages. Delivery to clients that are connected does not depend on it: a
 * router that is not ready delays what is retained and what concerns durable sessions.
 */
final class RouterHealth implements Health {

    private volatile List<StreamsRun> runs = List.of();

    void started(List<StreamsRun> started) {
        runs = List.copyOf(started);
    }

    @Override
    public List<Check> live() {
        return runs.isEmpty()
                ? List.of(new Check("run", true, "starting"))
                : runs.stream().flatMap(run -> run.live().stream()).toList();
    }

    @Override
    public List<Check> ready() {
        return runs.isEmpty()
                ? List.of(new Check("streams", false, "starting"))
                : runs.stream().flatMap(run -> run.ready().stream()).toList();
    }
}
