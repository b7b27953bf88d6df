package io.sluice.router.queue;

import io.sluice.wire.GroupId;
import java.util.List;

/**
 * Where the queue stage keeps the groups of one partition. What is changed here is committed with the rest of the stage's
 * state. Used by one thread.
 */
interface GroupStates {

    /**
     * That a durable session is a member.
     *
     * @param sessionId which of the client's sessions
     * @param fence what was bound to it over a connection of a lower epoch is refused
     * @param turn the last {@link io.sluice.wire.GroupCommand.Hold} of the connection with that epoch
     */
    record Hold(long sessionId, long fence, int turn) {

        /** Whether the session has subscribed again since. */
        boolean isLaterThan(long epoch, int ofTurn) {
            return fence > epoch || (fence == epoch && turn > ofTurn);
        }
    }

    /** A group's state, or null. A change of it counts when it was {@link #put}. */
    GroupState group(GroupId id);

    /** Keeps a group's state. */
    void put(GroupState group);

    /** Forgets a group and who holds it. */
    void remove(GroupId id);

    /** All groups; only for when a task starts and for what happens rarely. */
    List<GroupState> all();

    /** How a client holds a group, or null. */
    Hold hold(GroupId id, String clientId);

    /** Sets how a client holds a group; null if it does not. */
    void putHold(GroupId id, String clientId, Hold hold);
}
