package io.sluice.bench.load;

/**
 * What a run of connects showed.
 *
 * @param seconds that were measured
 * @param connectRate clients in a second that the server accepted while it was measured
 * @param connected in the whole run
 * @param failed in the whole run
 * @param firstFailure why the first one failed, or null
 * @param connect times from opening the socket to CONNACK, of those that were accepted while it was measured
 * @param generatorCpu processor time that the generator took, in processors
 */
public record ConnectResult(
        double seconds,
        double connectRate,
        long connected,
        long failed,
        String firstFailure,
        Latency connect,
        double generatorCpu) {

    /** Whether no connect failed. */
    public boolean isClean() {
        return failed == 0;
    }
}
