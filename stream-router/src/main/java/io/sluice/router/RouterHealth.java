package io.sluice.router;

import io.sluice.kit.http.Check;
import io.sluice.kit.http.Health;
import io.sluice.router.streams.StreamsRun;
import java.util.List;

/**
 * Whether the router lives and does its work. Delivery does not depend on it: a router that is not ready delays what is
 * retained, and nothing else.
 */
final class RouterHealth implements Health {

    private volatile StreamsRun run;

    void started(StreamsRun started) {
        run = started;
    }

    @Override
    public List<Check> live() {
        StreamsRun present = run;
        return present == null ? List.of(new Check("run", true, "starting")) : present.live();
    }

    @Override
    public List<Check> ready() {
        StreamsRun present = run;
        return present == null ? List.of(new Check("streams", false, "starting")) : present.ready();
    }
}
