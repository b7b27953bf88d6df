package io.sluice.router.topology;

/** What happens in the topology, for metrics. Called by the stream threads, several at once. */
public interface TopologyEvents {

    /** A message was written to {@code mqtt.retained}. */
    void retainedWritten();

    /** A tombstone was written to {@code mqtt.retained}. */
    void retainedCleared();

    /** A winner was written to {@code mqtt.retained} again, because something older or damaged came after it. */
    void retainedRewritten();

    /** A damaged record of a topic was handed to the dead-letter topic. */
    void deadLetter(String topic);

    /** An entry of the state store could not be read and counts as absent. */
    void stateDamaged();
}
