package io.sluice.gateway.session;

import io.sluice.gateway.group.GroupClient;
import io.sluice.gateway.group.GroupHolder;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliverySource.RetainedMatch;
import io.sluice.gateway.session.DeliverySource.SubscribeRequest;
import io.sluice.gateway.session.DeliverySource.UnsubscribeRequest;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
import io.sluice.wire.InboundReceipt;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session, which lasts as long as its connection. Owned by the connection's event loop, which calls every
 * method unless it says otherwise.
 */
public final class Session implements GroupClient {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final String clientId;
    private final byte[] clientIdUtf8;
    private final int lane;
    private final Connection connection;
    private final SessionLimits limits;
    private final GatewayMetrics metrics;
    private final Inbound inbound;
    private final PacketIds packetIds;
    private final QueuedBytes queued;
    private final OutboundQueue queue;
    /** Granted subscriptions, those included that the source has still to confirm. */
    private final Map<TopicFilter, Subscription> subscriptions = new HashMap<>(2);

    /** By packet identifier, messages of groups that are on their way; null before the first one. */
    private Map<Integer, SharedDelivery> shared;

    private boolean isKnownToSource;

    /** Null if the session ends with its connection. */
    private DurableFlow durable;

    /** Null if the session is durable, or its client waits for the end of an earlier connection. Set on the event loop. */
    private volatile Presence presence;

    /** How a PUBREC or a PUBREL is to be answered. */
    public enum Answer {
        /** Now. */
        NOW,
        /** When it is durable. */
        LATER,
        /** Now, with word that there is no such message. */
        UNKNOWN
    }

    /** Set on the event loop; read by the source, which must not begin anything for a session that is gone. */
    private volatile boolean ended;

    /**
     * A session for a client that has just connected.
     *
     * @param lane the index of the event loop among the source's lanes
     * @param queued what waits for all sessions together
     * @param completions brings answers of the log back to the event loop
     */
    public Session(
            String clientId,
            int lane,
            Connection connection,
            SessionLimits limits,
            QueuedBytes queued,
            PublicationSink sink,
            Mailbox<Publication> completions,
            GatewayMetrics metrics) {
        this.clientId = clientId;
        this.clientIdUtf8 = clientId.getBytes(StandardCharsets.UTF_8);
        this.lane = lane;
        this.connection = connection;
        this.limits = limits;
        this.metrics = metrics;
        this.inbound = new Inbound(this, connection, sink, completions);
        this.packetIds = new PacketIds(limits.receiveMaximum());
        this.queued = queued;
        this.queue = new OutboundQueue(limits.queueMessages(), limits.queueBytes(), queued);
    }

    /** The client identifier; any thread. */
    public String clientId() {
        return clientId;
    }

    /** The client identifier as UTF-8, not to be changed; any thread. */
    public byte[] clientIdUtf8() {
        return clientIdUtf8;
    }

    /** The index of the event loop among the source's lanes; any thread. */
    @Override
    public int lane() {
        return lane;
    }

    /** The client's socket; any thread may ask for it, its methods belong to the event loop. */
    public Connection connection() {
        return connection;
    }

    /** Whether the session is over; any thread. */
    @Override
    public boolean hasEnded() {
        return ended;
    }

    /**
     * Ends the session with its connection; what was on its way is forgotten, unless the session is durable.
     *
     * @param reason why, for events
     * @param will that is due now, or null; of no meaning for a durable session, whose will others keep
     */
    public void end(String reason, PublishRecord will) {
        ended = true;
        if (durable != null) {
            durable.end(reason);
        } else if (presence != null) {
            presence.end(reason, will);
        }
        metrics.inFlight(-packetIds.inFlight());
        metrics.queued(-queue.messages());
        queue.clear();
        metrics.subscriptions(-subscriptions.size());
        subscriptions.clear();
    }

    /** Whether the source has ever been asked for deliveries to the session; the event loop. */
    public boolean isKnownToSource() {
        return isKnownToSource;
    }

    // --- a session that ends with its connection, in the eyes of the cluster

    /**
     * Lets the cluster know of the client; before anything else.
     *
     * @param durable run on the event loop when the connection stands in the log, so that its will outlives this gateway
     */
    public void announce(SessionJournal journal, Wills wills, SessionJournal.AttachTerms terms, Runnable durable) {
        presence = new Presence(this, journal, wills);
        presence.announce(terms, durable);
    }

    /** This gateway was declared lost, and the session is about to be ended; any thread. */
    public void declaredLost() {
        Presence known = presence;
        if (known != null) {
            known.declaredLost();
        }
    }

    /** What the queue stage has to say; any thread. */
    public void told(Fanout.ForClient message) {
        Presence known = presence;
        if (known == null) {
            connection.execute(() -> {
                if (durable != null) {
                    durable.fanout(message);
                }
            });
        } else if (message instanceof Fanout.Evict evict) {
            known.evict(evict.epoch());
        }
    }

    // --- a durable session

    /** Makes the session one that outlives its connection; before anything else. */
    public void makeDurable(
            int partitions,
            PacketIdRanges ranges,
            SessionJournal journal,
            DeliverySource source,
            SessionJournal.AttachTerms terms) {
        isKnownToSource = true;
        durable = new DurableFlow(this, partitions, ranges, limits, queued, journal, source, metrics);
        inbound.makeDurable(durable.receipts());
        durable.attach(terms);
    }

    /** The partition of the client in topics that are placed by client id; any thread. */
    public int partition(int partitions) {
        return ClientPartitions.of(clientIdUtf8, partitions);
    }

    /** Whether the session outlives its connection. */
    @Override
    public boolean isDurable() {
        return durable != null;
    }

    /** What the session had subscribed to before, and what its client had sent. */
    void restored(SessionFilters filters, List<Fanout.Shared> shared, List<InboundReceipt> receipts) {
        receipts.forEach(receipt -> inbound.resume(receipt.packetId()));
        for (FilterVersion version : filters.versions()) {
            if (version.isOpen()) {
                subscriptions.put(version.filter(), Subscription.of(version.filter(), version.options()));
            }
        }
        for (Fanout.Shared share : shared) {
            TopicFilter filter = new TopicFilter(share.group().text());
            subscriptions.put(filter, Subscription.of(filter, share.options()));
        }
        metrics.subscriptions(subscriptions.size());
    }

    /** The tail delivers to the session from here on. */
    public void joined() {
        if (!ended) {
            durable.joined();
        }
    }

    /** The tail cannot deliver to the session yet. */
    public void cannotJoin() {
        if (!ended) {
            durable.cannotJoin();
        }
    }

    /**
     * A SUBSCRIBE has taken effect for a durable session to which the source delivers; on the event loop, before what comes
     * behind is delivered.
     *
     * @param at for each log partition, where
     */
    public void subscribedOnTail(SubscribeRequest request, long[] at, List<RetainedMatch> retained) {
        if (!ended) {
            durable.subscribedOnTail(request, at, retained);
        }
    }

    /** As {@link #subscribedOnTail}. */
    public void unsubscribedOnTail(UnsubscribeRequest request, long[] at) {
        if (!ended) {
            durable.unsubscribedOnTail(request, at);
        }
    }

    /**
     * A SUBSCRIBE of a durable session to which the source does not deliver now.
     *
     * @param ends of the log, or behind it
     */
    public void subscribeWhilePaging(SubscribeRequest request, long[] ends, List<RetainedMatch> retained) {
        if (!ended) {
            durable.subscribeWhilePaging(request, ends, retained);
        }
    }

    /** As {@link #subscribeWhilePaging}. */
    public void unsubscribeWhilePaging(UnsubscribeRequest request, long[] ends) {
        if (!ended) {
            durable.unsubscribeWhilePaging(request, ends);
        }
    }

    /**
     * The client takes leave of its durable session.
     *
     * @param expirySeconds from now on, or -1 for what was agreed on
     * @param withWill whether its will is published all the same
     */
    public void leave(long expirySeconds, boolean withWill) {
        durable.leave(expirySeconds, withWill);
    }

    // --- from the client to the log

    /**
     * A PUBLISH with its topic alias resolved and its limits checked, which was not sent before.
     *
     * @param packetId 0 at QoS 0
     */
    public void publish(PublishRecord message, int packetId) {
        inbound.publish(message, packetId);
    }

    /** Whether a QoS 2 PUBLISH with this identifier has come before and is not released ([MQTT-4.3.3-10]). */
    public boolean isUnreleased(int packetId) {
        return inbound.isUnreleased(packetId);
    }

    /**
     * Whether such a PUBLISH came over an earlier connection alone, so that it has to be published again: the log drops a second
     * copy.
     */
    public boolean isResumed(int packetId) {
        return durable != null && durable.receipts().isResumed(packetId);
    }

    /** Such a PUBLISH came again. */
    public void publishedAgain(int packetId) {
        inbound.repeated(packetId);
    }

    /** A PUBREL, and what it is to be answered with. */
    public Answer pubrel(int packetId) {
        if (!inbound.release(packetId)) {
            return Answer.UNKNOWN;
        }
        if (durable == null) {
            return Answer.NOW;
        }
        durable.receipts().release(packetId, () -> connection.pubcomp(packetId));
        return Answer.LATER;
    }

    /** Messages of the client at QoS 1 and 2 that are not acknowledged to the end. */
    public int inboundInFlight() {
        return inbound.inFlight();
    }

    /** Whether so many of the client's messages wait for the log that it must not be read from. */
    public boolean isAheadOfLog() {
        return inbound.unconfirmed() >= limits.unconfirmedPublishes();
    }

    void appendsCompleted() {
        if (inbound.unconfirmed() <= limits.unconfirmedPublishes() / 2) {
            connection.resumeReading();
        }
    }

    /** The log will never have a message: order is lost unless the publisher is told, or stopped. */
    void appendRefused(Qos qos, PublicationSink.Refusal refusal) {
        metrics.appendRefused(refusal.cause());
        if (refusal.cause() == PublicationSink.Cause.FAILED) {
            connection.end(EndReason.LOG_UNAVAILABLE, refusal.detail());
        } else if (qos == Qos.AT_MOST_ONCE) {
            connection.end(EndReason.APPEND_REFUSED, refusal.detail());
        }
    }

    // --- subscriptions

    /** How many subscriptions are granted. */
    public int subscriptionCount() {
        return subscriptions.size();
    }

    /** What the filters take, those too that have ended and still matter to a durable session; about, in bytes. */
    public long filterBytes() {
        if (durable != null) {
            return durable.filterBytes();
        }
        return subscriptions.keySet().stream()
                .mapToLong(filter -> filter.text().length())
                .sum();
    }

    /** What one more filter would add to {@link #filterBytes}. */
    public long filterBytes(String filter) {
        return durable == null ? filter.length() : durable.filterBytes(filter);
    }

    /** Retained messages that wait for the client to read. */
    public int retainedWaiting() {
        return durable == null ? queue.uncounted() : durable.retainedWaiting();
    }

    /** Whether a filter is subscribed to. */
    public boolean isSubscribed(TopicFilter filter) {
        return subscriptions.containsKey(filter);
    }

    /**
     * Notes a subscription that is granted and about to be asked of the source.
     *
     * @return whether its retained messages are to be sent, by its retain handling ([MQTT-3.3.1-9] to [MQTT-3.3.1-11])
     */
    public boolean grant(Subscription subscription) {
        isKnownToSource = true;
        boolean isNew = subscriptions.put(subscription.filter(), subscription) == null;
        if (isNew) {
            metrics.subscriptions(1);
        }
        return subscription.retainHandling() == 0 || (subscription.retainHandling() == 1 && isNew);
    }

    /** The source has made a SUBSCRIBE's subscriptions take effect. */
    public void subscribed(SubscribeRequest request, List<RetainedMatch> retained) {
        if (ended) {
            return;
        }
        connection.suback(request.packetId(), request.reasons(), request.detail());
        for (RetainedMatch match : retained) {
            Subscription subscription = match.subscription();
            int[] identifiers = subscription.identifier() == 0 ? new int[0] : new int[] {subscription.identifier()};
            for (PublishRecord message : match.messages()) {
                // The RETAIN flag is set whatever retain as published says ([MQTT-3.3.1-8] of 3.1.1).
                Qos qos = subscription.qos().min(message.qos());
                if (durable == null) {
                    send(message, qos, true, identifiers, false);
                } else {
                    durable.retained(message, qos, identifiers);
                }
            }
        }
    }

    /** Forgets a subscription that is about to be ended at the source; tells whether there was one. */
    public boolean revoke(TopicFilter filter) {
        boolean existed = subscriptions.remove(filter) != null;
        if (existed) {
            metrics.subscriptions(-1);
        }
        return existed;
    }

    /** The source has ended an UNSUBSCRIBE's subscriptions. */
    public void unsubscribed(UnsubscribeRequest request) {
        if (!ended) {
            connection.unsuback(request.packetId(), request.reasons(), request.detail());
        }
    }

    // --- from the log to the client

    /**
     * Sends a message, or lets it wait while the client is slow.
     *
     * @param qos of the delivery
     * @param retain the RETAIN flag that the client sees
     * @param identifiers of the matching subscriptions
     */
    public void deliver(PublishRecord message, Qos qos, boolean retain, int[] identifiers) {
        if (durable == null) {
            send(message, qos, retain, identifiers, true);
        } else if (!ended) {
            durable.deliver(message, qos, retain, identifiers);
        }
    }

    /** A delivery has failed in a way that is a defect: the client is told and can come back. */
    void failed(Throwable defect) {
        log.atError().addKeyValue("client", clientId).setCause(defect).log("Delivery failed because of a defect");
        connection.end(EndReason.DEFECT, "a defect of the server");
    }

    private void send(PublishRecord message, Qos qos, boolean retain, int[] identifiers, boolean counted) {
        if (ended) {
            return;
        }
        if (maySend(qos)) {
            write(message, qos, retain, identifiers);
        } else {
            enqueue(new OutboundQueue.Entry(message, qos, retain, identifiers, counted));
        }
    }

    private boolean maySend(Qos qos) {
        // Order is promised for each topic and QoS, so QoS 0 passes messages that wait for the window.
        return connection.isWritable()
                && (qos == Qos.AT_MOST_ONCE ? !queue.hasAtMostOnce() : queue.isEmpty() && packetIds.hasRoom());
    }

    // --- from a group to the client

    @Override
    public int window() {
        return limits.receiveMaximum();
    }

    @Override
    public void deliverShared(SharedDelivery delivery) {
        if (ended) {
            return; // The group learns of it, and gives the message to another member.
        }
        if (durable != null) {
            durable.deliverShared(delivery);
            return;
        }
        OutboundQueue.Entry entry = new OutboundQueue.Entry(delivery);
        if (maySend(delivery.qos())) {
            writeShared(entry);
        } else {
            enqueue(entry);
        }
    }

    private void writeShared(OutboundQueue.Entry entry) {
        int packetId = write(entry.message(), entry.qos(), entry.retain(), entry.identifiers());
        if (packetId == 0) {
            entry.done();
        } else {
            if (shared == null) {
                shared = new HashMap<>();
            }
            shared.put(packetId, entry.shared());
        }
    }

    @Override
    public void resync() {
        connection.end(EndReason.RESYNC, "it is not known whether a group's message is the session's");
    }

    @Override
    public void execute(Runnable task) {
        connection.execute(task);
    }

    /** Who a durable session is as a member of groups that are told of it now; on the event loop. */
    public GroupHolder holder() {
        return durable.holder();
    }

    private void enqueue(OutboundQueue.Entry entry) {
        if (queue.offer(entry)) {
            metrics.queued(entry.counted() ? 1 : 0);
        } else if (entry.qos() == Qos.AT_MOST_ONCE || limits.dropWhenFull()) {
            metrics.dropped(DropReason.QUEUE_FULL);
            entry.done();
        } else {
            metrics.dropped(DropReason.QUEUE_FULL);
            connection.end(EndReason.QUEUE_FULL, "the queue for this client is full");
        }
    }

    /** Sends a message, or drops it; its packet identifier if it is on its way at QoS 1 or 2, else 0. */
    private int write(PublishRecord message, Qos qos, boolean retain, int[] identifiers) {
        if (message.properties().messageExpirySeconds() >= 0 && message.isExpired(System.currentTimeMillis())) {
            metrics.dropped(DropReason.EXPIRED);
            return 0;
        }
        int packetId = 0;
        if (qos != Qos.AT_MOST_ONCE) {
            packetId = packetIds.take(qos == Qos.AT_LEAST_ONCE ? PacketIds.Awaiting.PUBACK : PacketIds.Awaiting.PUBREC);
        }
        if (connection.publish(message, qos, retain, packetId, identifiers, false)) {
            if (packetId != 0) {
                metrics.inFlight(1);
            }
            metrics.delivered(qos, message.payload().length);
            return packetId;
        }
        if (packetId != 0) {
            packetIds.free(packetId);
        }
        metrics.dropped(DropReason.PACKET_TOO_LARGE);
        return 0;
    }

    /** The socket takes more, or the window has room: sends what waits, in order. */
    public void sendQueued() {
        if (durable != null) {
            durable.writable();
            return;
        }
        while (!queue.isEmpty() && connection.isWritable()) {
            OutboundQueue.Entry entry = queue.peek();
            if (entry.qos() != Qos.AT_MOST_ONCE && !packetIds.hasRoom()) {
                return;
            }
            queue.removeFirst();
            metrics.queued(entry.counted() ? -1 : 0);
            if (entry.shared() == null) {
                write(entry.message(), entry.qos(), entry.retain(), entry.identifiers());
            } else {
                writeShared(entry);
            }
        }
    }

    /** A PUBACK; any reason ends the message's way ([MQTT-4.4.0-2]). One without a message is ignored. */
    public void puback(int packetId) {
        if (durable != null) {
            durable.puback(packetId);
        } else if (packetIds.state(packetId) == PacketIds.Awaiting.PUBACK) {
            freed(packetId);
        }
    }

    /**
     * A PUBREC.
     *
     * @param accepted whether its reason code is below 0x80
     * @return what it is to be answered with
     */
    public Answer pubrec(int packetId, boolean accepted) {
        if (durable != null) {
            return durable.pubrec(packetId, accepted) ? Answer.LATER : Answer.UNKNOWN;
        }
        PacketIds.Awaiting state = packetIds.state(packetId);
        if (state == PacketIds.Awaiting.PUBREC && !accepted) {
            freed(packetId);
        } else if (state == PacketIds.Awaiting.PUBREC) {
            packetIds.released(packetId);
        }
        boolean known = state == PacketIds.Awaiting.PUBREC || state == PacketIds.Awaiting.PUBCOMP;
        return known ? Answer.NOW : Answer.UNKNOWN;
    }

    /** A PUBCOMP; one without a message is ignored. */
    public void pubcomp(int packetId) {
        if (durable != null) {
            durable.pubcomp(packetId);
        } else if (packetIds.state(packetId) == PacketIds.Awaiting.PUBCOMP) {
            freed(packetId);
        }
    }

    private void freed(int packetId) {
        packetIds.free(packetId);
        metrics.inFlight(-1);
        SharedDelivery ofGroup = shared == null ? null : shared.remove(packetId);
        if (ofGroup != null) {
            ofGroup.done();
        }
        sendQueued();
    }
}
