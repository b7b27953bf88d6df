package io.sluice.gateway.group;

import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.PublishRecord;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** What groups need of the cluster and of their gateway. Never waits; answers come on the tail's thread. */
public interface GroupLink {

    /** The gateway's present life and slot. */
    Heartbeat identity();

    /**
     * For how long the gateway cannot have been declared lost: as long as this number is the same and not -1, what the gateway
     * writes stands before any word of its loss. It is another one after each time in which that was not certain, and after each
     * change of {@link #identity}, or if what was written first may count later than what was written behind it.
     */
    long lease();

    /** Milliseconds that only go forward. */
    long now();

    /** For each partition of the log the offset behind the last message that the tail has read; not to be changed. */
    long[] passed();

    /**
     * Tells for each partition where the log ends.
     *
     * @param then is told offsets at or behind the end as of this call
     */
    void ends(Consumer<long[]> then);

    /**
     * Writes a command; in the order of the calls for one group.
     *
     * @param durable is told the command's offset
     */
    void append(GroupCommand command, LongConsumer durable);

    /** Whether Kafka takes what concerns a group: nothing is to be sent while it does not, so that not ever more has to be written. */
    boolean isWritten(GroupId group);

    /** Brings a delivery to its client, in the order of the calls. */
    void send(SharedDelivery delivery);

    /**
     * Reads messages of a group's filter from an offset on: as many as are at hand, or are read from the log at once.
     *
     * @param most messages
     * @param found is given them
     */
    void read(GroupId group, int partition, long from, int most, Consumer<Found> found);

    /** Runs something on the tail's thread; any thread. */
    void execute(Runnable task);

    /** A message will not reach any member: its member's connection was lost when it was about to be sent. */
    void dropped();

    /**
     * What was found.
     *
     * @param messages in the order of the log
     * @param reached the offset up to which these are all; below where the search began if the log is not to be had now
     */
    record Found(List<PublishRecord> messages, long reached) {}
}
