package io.sluice.gateway.session;

/** The way from a {@link DeliverySource} to the sessions of one event loop. */
public interface DeliveryLane {

    /**
     * Hands a batch over, to be run by the lane's thread after all batches before it. Called by the source's thread
     * alone; waits while too many batches are under way, so that a busy event loop slows the reading of the log and not
     * memory.
     *
     * @throws InterruptedException if the source is stopped while it waits
     */
    void submit(DeliveryBatch batch) throws InterruptedException;
}
