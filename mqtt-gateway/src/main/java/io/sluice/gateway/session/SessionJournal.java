package io.sluice.gateway.session;

import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Origin;
import io.sluice.wire.StoredWill;
import java.util.function.LongConsumer;

/**
 * The one order of all that concerns a client: whatever is written here outlives this gateway. Methods never wait. What they
 * are given to run when something is durable runs on the session's event loop unless it is said otherwise, in the order of the
 * calls, and not at all if the log cannot take it; then the connection is ended.
 */
public interface SessionJournal {

    /**
     * Writes that a client has connected; any thread.
     *
     * @param request by which the answer is known; of no meaning for a session that ends with its connection, which needs none
     * @param durable is told the connection's epoch
     */
    void attach(Session session, long request, AttachTerms terms, LongConsumer durable);

    /** Writes that a connection has ended, again and again until the log has it or the gateway stops; any thread. */
    void detach(Session session, ClientCommand.Detach command);

    /**
     * Writes a command; any thread.
     *
     * @param durable is told the command's offset
     */
    void append(Session session, ClientCommand command, LongConsumer durable);

    /** How many commands are on their way to the log; any thread. */
    long unwritten();

    /** Gathers that a message is done; the event loop. Is written soon, or before what is appended after a {@link #flush}. */
    void settled(Session session, long epoch, Origin origin, Runnable durable);

    /** Gathers that the client has sent PUBREC, and writes it as soon as the event loop has done what it is doing. */
    void received(Session session, long epoch, Origin origin, Runnable durable);

    /** As {@link #settled}, for a delivery with an assigned packet identifier. */
    void settledId(Session session, long epoch, AssignedId id, Runnable durable);

    /** As {@link #received}, for a delivery with an assigned packet identifier. */
    void receivedId(Session session, long epoch, AssignedId id, Runnable durable);

    /** Writes what was gathered for the partition of this session; the event loop. */
    void flush(Session session);

    /**
     * What an attach asks for.
     *
     * @param will null if there is none
     */
    record AttachTerms(
            boolean cleanStart,
            long expirySeconds,
            int protocolVersion,
            int keepAliveSeconds,
            String address,
            StoredWill will) {}
}
