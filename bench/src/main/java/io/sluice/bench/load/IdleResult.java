package io.sluice.bench.load;

/**
 * What a run of idle connections showed.
 *
 * @param connections that were up at the same time
 * @param connectSeconds until all were up and subscribed
 * @param connectRate connections in a second until then
 * @param heldSeconds how long they stayed
 * @param connectionsLost while they stayed
 * @param firstConnectionLoss why the first one was lost, or null
 */
public record IdleResult(
        int connections,
        double connectSeconds,
        double connectRate,
        double heldSeconds,
        int connectionsLost,
        String firstConnectionLoss) {

    /** Whether all stayed. */
    public boolean isClean() {
        return connectionsLost == 0;
    }
}
