package io.sluice.leader.duty;

import java.util.List;

/**
 * What the primary found and did to Kafka's topics.
 *
 * @param state how it ended
 * @param detail what the operator has to mend; empty if nothing
 * @param term of the leader that says so; 0 if none has
 * @param topics what there is now
 */
public record TopicsReport(State state, String detail, long term, List<Topic> topics) {

    /** Before a primary has looked. */
    public static final TopicsReport UNKNOWN =
            new TopicsReport(State.UNKNOWN, "no primary has looked yet", 0, List.of());

    /** How it ended. */
    public enum State {
        /** Not looked yet. */
        UNKNOWN,
        /** All topics are there, with the partitions that they should have. */
        READY,
        /** The topics are not those of this configuration, and nothing was changed. */
        REFUSED,
        /** Kafka could not be asked, or did not do what it was asked. */
        FAILED
    }

    /**
     * One topic.
     *
     * @param name with the cluster's prefix
     * @param partitions how many it has
     * @param replicationFactor the least of its partitions
     * @param retentionMs how long Kafka keeps a record; -1 if it removes none because of its age
     * @param warnings where it differs from what the leader would create
     */
    public record Topic(String name, int partitions, int replicationFactor, long retentionMs, List<String> warnings) {}

    /** Whether all topics are there. */
    public boolean ready() {
        return state == State.READY;
    }
}
