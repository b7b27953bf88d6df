package io.sluice.router.queue;

import io.sluice.wire.Command;
import io.sluice.wire.Fanout;

/** What the queue stage sends because of a group; it becomes visible together with the state that it follows from. */
interface GroupEffects {

    /** Tells a gateway. */
    void send(int slot, Fanout message);

    /** Writes a command into the partition of its key, behind what was written there before. */
    void write(Command command);

    /** A command of a gateway came too late to count. */
    void refused();
}
