package io.sluice.gateway.session;

import io.sluice.gateway.session.SessionJournal.AttachTerms;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientCommand.WillAction;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.StoredWill;

/**
 * What the cluster knows of a connection whose session ends with it: that it began and that it ended, and who publishes its will.
 * So one client id has one connection in the whole cluster, and a will does not die with its gateway.
 *
 * <p>The will is published by this gateway when the connection breaks, since that needs no router, and forgotten by the queue stage
 * when that is done; if this gateway dies before, the queue stage publishes it by the same unique id. When the connection was
 * given to another gateway, or this one was declared lost, the queue stage decides alone.
 *
 * <p>Thread-safe: evictions come on the threads of Kafka's clients.
 */
final class Presence {

    private static final long UNKNOWN = -1;

    private final Session session;
    private final SessionJournal journal;
    private final Wills wills;
    private long epoch = UNKNOWN;
    /** The latest connection of this client that is to end; it may come before this one's own epoch is known. */
    private long evicted = UNKNOWN;

    private boolean decidedElsewhere;
    private boolean ended;
    private String endReason;

    Presence(Session session, SessionJournal journal, Wills wills) {
        this.session = session;
        this.journal = journal;
        this.wills = wills;
    }

    /** @param durable is run on the event loop when the connection stands in the log, so that its will outlives this gateway */
    void announce(AttachTerms terms, Runnable durable) {
        journal.attach(session, 0, terms, offset -> {
            announced(offset);
            durable.run();
        });
    }

    private synchronized void announced(long offset) {
        epoch = offset;
        if (ended) {
            detach(WillAction.FORGET);
        } else if (evicted == epoch) {
            takenOver();
        }
    }

    /** The queue stage has given the client to another connection. */
    synchronized void evict(long epochToEnd) {
        evicted = Math.max(evicted, epochToEnd);
        if (!ended && evicted == epoch) {
            takenOver();
        }
    }

    private void takenOver() {
        decidedElsewhere = true;
        session.connection()
                .execute(() -> session.connection()
                        .end(EndReason.TAKEN_OVER, "the client id has connected at another gateway"));
    }

    /** This gateway was declared lost: others decide about the will. */
    synchronized void declaredLost() {
        decidedElsewhere = true;
    }

    /**
     * The connection has ended.
     *
     * @param will that is due, or null; with one the connection was {@link #announce announced}
     */
    void end(String reason, PublishRecord will) {
        synchronized (this) {
            ended = true;
            endReason = reason;
            if (epoch == UNKNOWN) {
                return;
            }
            if (will == null || decidedElsewhere) {
                detach(will == null ? WillAction.FORGET : WillAction.PUBLISH);
                return;
            }
        }
        wills.publish(
                session.clientId(),
                will.withUniqueId(StoredWill.uniqueId(session.clientId(), epoch), UNKNOWN),
                () -> detach(WillAction.FORGET));
    }

    private void detach(WillAction will) {
        journal.detach(session, new ClientCommand.Detach(session.clientId(), epoch, UNKNOWN, will, null, endReason));
    }
}
