package io.sluice.bench.load;

/** Who follows a run while it goes on. Called by the thread that runs it, about once a second. */
public interface Progress {

    /** Clients come online. */
    void connecting(int online, int of);

    /**
     * Messages flow.
     *
     * @param phase warm-up, measuring or draining
     * @param secondsLeft of the phase
     * @param publishRate in the last second: acknowledged, or at QoS 0 sent
     * @param deliveryRate in the last second
     * @param totals since the start
     */
    void traffic(Phase phase, long secondsLeft, double publishRate, double deliveryRate, Totals totals);

    /** The measurement begins. Called once, or never where nothing but its end is of interest. */
    default void measuring() {}

    /** Connections are made and ended, or kept. */
    void connections(Phase phase, long secondsLeft, double connectRate, long failed);

    /** Where a run is. */
    enum Phase {
        /** Nothing is measured yet. */
        WARM_UP,
        /** All is measured. */
        MEASURING,
        /** Nothing is sent any more. */
        DRAINING
    }
}
