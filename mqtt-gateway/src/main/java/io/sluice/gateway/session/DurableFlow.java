package io.sluice.gateway.session;

import io.sluice.gateway.group.GroupHolder;
import io.sluice.gateway.group.SharedDelivery;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliverySource.RetainedMatch;
import io.sluice.gateway.session.DeliverySource.SubscribeRequest;
import io.sluice.gateway.session.DeliverySource.UnsubscribeRequest;
import io.sluice.gateway.session.SessionJournal.AttachTerms;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientCommand.WillAction;
import io.sluice.wire.ClientPartitions;
import io.sluice.wire.Fanout;
import io.sluice.wire.InboundReceipt;
import io.sluice.wire.Origin;
import io.sluice.wire.PacketIdRanges;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The part of a session that outlives its connection, as this connection sees it: attached to the one order of its client,
 * fed by pages of the index and by the tail. Owned by the session's event loop, but for what says otherwise.
 */
final class DurableFlow implements DurableConnection, DurableLink, AssignedOutbound.Link, InboundReceipts.Link {

    private static final AtomicLong REQUESTS = new AtomicLong();
    private static final long UNKNOWN = -1;
    /** Where a filter begins and ends in one partition of the log. */
    private static final int PLACE_BYTES = 18;

    /** QoS 0 messages that wait for a socket. */
    private static final int MAX_AT_MOST_ONCE = 1_000;

    private final Session session;
    private final Connection connection;
    private final SessionJournal journal;
    private final DeliverySource source;
    private final GatewayMetrics metrics;
    private final DurableOutbound outbound;
    private final AssignedOutbound assigned;
    private final OutboundQueue atMostOnce;
    /** For each log partition, the next offset at which a message of QoS 0 was not taken; the tail may offer one again. */
    private final long[] atMostOnceFrom;

    private final InboundReceipts receipts = new InboundReceipts(this);
    private final int partitions;
    private final Set<Long> evicted = new HashSet<>();
    /** Changes of filters that the page which was asked for does not know of. */
    private final List<Runnable> unanswered = new ArrayList<>();

    private SessionFilters filters;
    /** Written on the event loop, read by the tail. */
    private volatile long epoch = UNKNOWN;

    /** How often groups were told of the session; written on the event loop, read by the tail. */
    private volatile int turn;

    private long sessionId;
    private long request;
    private boolean attached;
    private boolean ended;
    private int countedInFlight;
    private int countedWaiting;
    // What the end has to say.
    private long expirySeconds = UNKNOWN;
    private WillAction willAction = WillAction.PUBLISH;
    private String endReason = "";

    /** @param partitions of the log */
    DurableFlow(
            Session session,
            int partitions,
            PacketIdRanges ranges,
            SessionLimits limits,
            QueuedBytes queued,
            SessionJournal journal,
            DeliverySource source,
            GatewayMetrics metrics) {
        this.session = session;
        this.partitions = partitions;
        this.connection = session.connection();
        this.journal = journal;
        this.source = source;
        this.metrics = metrics;
        this.outbound = new DurableOutbound(partitions, ranges, limits, queued, this, this);
        this.assigned = new AssignedOutbound(ranges, this);
        this.atMostOnce =
                new OutboundQueue(Math.min(MAX_AT_MOST_ONCE, limits.queueMessages()), limits.queueBytes(), queued);
        this.atMostOnceFrom = new long[partitions];
        this.filters = SessionFilters.none(session.clientIdUtf8());
    }

    // --- the connection begins and ends

    void attach(AttachTerms terms) {
        request = REQUESTS.incrementAndGet();
        journal.attach(session, request, terms, this::attachIsDurable);
    }

    private void attachIsDurable(long offset) {
        epoch = offset;
        if (ended) {
            detach();
        } else if (evicted.contains(epoch)) {
            takenOver();
        }
    }

    private void takenOver() {
        connection.end(EndReason.TAKEN_OVER, "the client id has connected at another gateway");
    }

    /**
     * The client has taken leave.
     *
     * @param seconds the session's expiry from now on, or -1
     * @param withWill whether the will is published all the same
     */
    void leave(long seconds, boolean withWill) {
        expirySeconds = seconds;
        willAction = withWill ? WillAction.PUBLISH : WillAction.FORGET;
    }

    void end(String reason) {
        ended = true;
        endReason = reason;
        metrics.inFlight(-countedInFlight);
        metrics.queued(-countedWaiting);
        atMostOnce.clear();
        outbound.clear();
        source.remove(session);
        if (epoch != UNKNOWN) {
            detach();
        }
    }

    private void detach() {
        journal.flush(session);
        journal.detach(
                session,
                new ClientCommand.Detach(
                        session.clientId(),
                        epoch,
                        expirySeconds,
                        willAction,
                        attached ? outbound.next().clone() : null,
                        endReason));
    }

    // --- from the queue stage

    void fanout(Fanout.ForClient message) {
        if (ended) {
            return;
        }
        if (message instanceof Fanout.Page page && page.request() == request) {
            page(page);
        } else if (message instanceof Fanout.Refused refused && refused.request() == request) {
            connection.end(EndReason.TAKEN_OVER, "the session is not to be had");
        } else if (message instanceof Fanout.Overflow overflow && overflow.epoch() == epoch) {
            connection.end(EndReason.QUEUE_FULL, "the queue of the session is full");
        } else if (message instanceof Fanout.Evict evict) {
            // It may come before the confirmation that tells this connection's own epoch.
            evicted.add(evict.epoch());
            if (evict.epoch() == epoch) {
                takenOver();
            }
        }
    }

    private void page(Fanout.Page page) {
        epoch = page.epoch();
        filters = new SessionFilters(session.clientIdUtf8(), page.versions());
        unanswered.forEach(Runnable::run);
        if (!attached) {
            attached = true;
            sessionId = page.sessionId();
            outbound.resumed(page.sentBelow(), page.sentUntil());
            // What came before at QoS 0 may have been delivered by another gateway.
            System.arraycopy(reached(), 0, atMostOnceFrom, 0, partitions);
            receipts.resume(page.receipts(), page.reuse());
            session.restored(filters, page.shared(), page.receipts());
            connection.attached(page.sessionPresent());
            page.assigned().forEach(assigned::resume);
            page.assignedReceived().forEach(assigned::resumeReceived);
            assigned.send();
            if (!page.shared().isEmpty()) {
                source.rejoin(session, page.shared());
            }
        }
        page.receivedAbove().forEach(outbound::receivedAbove);
        page.settledAbove().forEach(outbound::settledAbove);
        for (Fanout.Entry entry : page.entries()) {
            if (entry instanceof Fanout.Queued queued) {
                queued(queued);
            } else {
                outbound.pageReceived(entry.origin());
            }
        }
        outbound.pageEnded(page.last(), page.completeBelow());
        account();
    }

    private void queued(Fanout.Queued queued) {
        PublishRecord message = queued.message();
        SessionFilters.Delivery delivery = filters.delivery(message);
        // Without a filter that matches it is let go when its turn comes, so that the index lets go of it too.
        outbound.page(
                delivery == null
                        ? new DurableOutbound.Waiting(message, Qos.AT_MOST_ONCE, false, null, queued.maybeSent())
                        : new DurableOutbound.Waiting(
                                message,
                                delivery.qos(),
                                delivery.retainAsPublished() && message.retain(),
                                delivery.identifiers(),
                                queued.maybeSent()));
    }

    // --- from the tail

    void joined() {
        outbound.joined();
    }

    void cannotJoin() {
        outbound.cannotJoin();
    }

    /** A message of the tail. */
    void deliver(PublishRecord message, Qos qos, boolean retain, int[] identifiers) {
        if (qos == Qos.AT_MOST_ONCE) {
            if (isFirstOffer(message)) {
                deliverAtMostOnce(new OutboundQueue.Entry(message, qos, retain, identifiers, true));
            }
        } else {
            outbound.offer(message, qos, retain, identifiers);
            account();
        }
    }

    /** Whether a message of QoS 0 was not offered before. What does not stand in the log never was. */
    private boolean isFirstOffer(PublishRecord message) {
        int partition = message.partition();
        if (partition < 0) {
            return true;
        }
        boolean isFirst = message.offset() >= atMostOnceFrom[partition];
        atMostOnceFrom[partition] = Math.max(atMostOnceFrom[partition], message.offset() + 1);
        return isFirst;
    }

    private void deliverAtMostOnce(OutboundQueue.Entry entry) {
        if (atMostOnce.isEmpty() && connection.isWritable()) {
            writeAtMostOnce(entry);
        } else if (!atMostOnce.offer(entry)) {
            metrics.dropped(DropReason.QUEUE_FULL);
            entry.done();
        }
    }

    private void writeAtMostOnce(OutboundQueue.Entry entry) {
        write(entry.message(), Qos.AT_MOST_ONCE, entry.retain(), 0, entry.identifiers(), false);
        entry.done();
    }

    private Fate write(PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again) {
        Fate unsent = again && qos == Qos.EXACTLY_ONCE ? Fate.ABANDONED : Fate.DROPPED;
        if (message.isExpired(System.currentTimeMillis())) {
            metrics.dropped(DropReason.EXPIRED);
            return unsent;
        }
        if (!connection.publish(message, qos, retain, packetId, identifiers, again)) {
            metrics.dropped(DropReason.PACKET_TOO_LARGE);
            return unsent;
        }
        metrics.delivered(qos, message.payload().length);
        return Fate.SENT;
    }

    void writable() {
        while (!atMostOnce.isEmpty() && connection.isWritable()) {
            OutboundQueue.Entry entry = atMostOnce.peek();
            atMostOnce.removeFirst();
            writeAtMostOnce(entry);
        }
        sendMore();
    }

    /** What is assigned goes first: a retained message may be older than what comes from the log. */
    private void sendMore() {
        assigned.send();
        outbound.writable();
        account();
    }

    int retainedWaiting() {
        return assigned.waiting();
    }

    private void account() {
        metrics.inFlight(outbound.inFlight() - countedInFlight);
        countedInFlight = outbound.inFlight();
        metrics.queued(outbound.waiting() - countedWaiting);
        countedWaiting = outbound.waiting();
    }

    // --- from the client

    void puback(int packetId) {
        assigned.puback(packetId);
        outbound.puback(packetId);
        sendMore();
    }

    /** Whether the message is known. PUBREL follows when the PUBREC is durable. */
    boolean pubrec(int packetId, boolean accepted) {
        boolean known = assigned.pubrec(packetId, accepted) || outbound.pubrec(packetId, accepted);
        sendMore();
        return known;
    }

    void pubcomp(int packetId) {
        assigned.pubcomp(packetId);
        outbound.pubcomp(packetId);
        sendMore();
    }

    // --- subscriptions

    /** The tail delivers to the session, and a SUBSCRIBE took effect there; before what comes behind is delivered. */
    void subscribedOnTail(SubscribeRequest asked, long[] at, List<RetainedMatch> retained) {
        write(asked, at, retained);
        changedOnTail(at, () -> subscribe(asked, at));
    }

    /** As {@link #subscribedOnTail}. */
    void unsubscribedOnTail(UnsubscribeRequest asked, long[] at) {
        write(asked, at);
        changedOnTail(at, () -> unsubscribe(asked, at));
    }

    private void changedOnTail(long[] at, Runnable change) {
        note(change);
        if (!outbound.isLive() && outbound.hasPassed(at)) {
            // It has left the tail meanwhile, and a page that knows nothing of the change has led beyond its place.
            connection.end(EndReason.RESYNC, "subscriptions changed while the client fell behind");
        } else {
            outbound.subscribedWhilePaging(at);
        }
    }

    /** The tail does not deliver to the session now, so the change is made here. */
    void subscribeWhilePaging(SubscribeRequest asked, long[] ends, List<RetainedMatch> retained) {
        if (outbound.isLive()) {
            source.subscribe(session, asked);
            return;
        }
        long[] at = place(ends);
        note(() -> subscribe(asked, at));
        write(asked, at, retained);
    }

    /** As {@link #subscribeWhilePaging}. */
    void unsubscribeWhilePaging(UnsubscribeRequest asked, long[] ends) {
        if (outbound.isLive()) {
            source.unsubscribe(session, asked);
            return;
        }
        long[] at = place(ends);
        note(() -> unsubscribe(asked, at));
        write(asked, at);
    }

    private long[] place(long[] ends) {
        long[] at = ends.clone();
        for (int p = 0; p < at.length; p++) {
            at[p] = Math.max(at[p], outbound.next()[p]);
        }
        outbound.subscribedWhilePaging(at);
        return at;
    }

    private void note(Runnable change) {
        unanswered.add(change);
        change.run();
    }

    private void subscribe(SubscribeRequest asked, long[] at) {
        for (Subscription subscription : asked.ordinary()) {
            filters = filters.subscribe(subscription.filter(), subscription.options(), 0, at);
        }
        forgetEnded();
    }

    /** What lies below the next message of each partition is decided: it comes again only with a page that tells all filters. */
    private void forgetEnded() {
        filters = filters.withoutEnded(outbound.next());
    }

    /** What the filters take in a record, about, in bytes. */
    long filterBytes() {
        return filters.versions().stream()
                .mapToLong(version -> filterBytes(version.filter().text()))
                .sum();
    }

    /** What one filter takes. */
    long filterBytes(String filter) {
        return filter.length() + PLACE_BYTES * (long) partitions;
    }

    private void unsubscribe(UnsubscribeRequest asked, long[] at) {
        for (TopicFilter filter : asked.filters()) {
            filters = filters.unsubscribe(filter, at);
        }
        forgetEnded();
    }

    private void write(SubscribeRequest asked, long[] at, List<RetainedMatch> retained) {
        List<ClientCommand.Subscribe.Requested> wanted = asked.granted().stream()
                .map(subscription ->
                        new ClientCommand.Subscribe.Requested(subscription.filter(), subscription.options()))
                .toList();
        outbound.changeBegins();
        journal.append(session, new ClientCommand.Subscribe(session.clientId(), epoch, at, wanted), offset -> {
            session.subscribed(asked, retained);
            outbound.changeIsDurable();
            sendMore();
        });
    }

    private void write(UnsubscribeRequest asked, long[] at) {
        outbound.changeBegins();
        journal.append(
                session,
                new ClientCommand.Unsubscribe(session.clientId(), epoch, at, turn, asked.filters()),
                offset -> {
                    outbound.changeIsDurable();
                    session.unsubscribed(asked);
                    assigned.send();
                });
    }

    /** A retained message of a new subscription. */
    void retained(PublishRecord message, Qos qos, int[] identifiers) {
        if (qos == Qos.AT_MOST_ONCE) {
            deliverAtMostOnce(new OutboundQueue.Entry(message, qos, true, identifiers, true));
            return;
        }
        assigned.offer(message.withRetain(true), qos, identifiers);
        account();
    }

    // --- groups

    /** A message of a group. */
    void deliverShared(SharedDelivery shared) {
        if (shared.qos() == Qos.AT_MOST_ONCE) {
            deliverAtMostOnce(new OutboundQueue.Entry(shared));
        } else {
            assigned.offer(shared);
            account();
        }
    }

    /** Who the session is as a member of groups that are told of it now. */
    GroupHolder holder() {
        int next = turn + 1;
        turn = next;
        return new GroupHolder(session.clientId(), sessionId, epoch, next);
    }

    @Override
    public void bind(SharedDelivery shared, AssignedDelivery delivery, Runnable durable, Runnable refused) {
        shared.bind(session.clientId(), sessionId, epoch, delivery, ifLiving(durable), ifLiving(refused));
    }

    private Runnable ifLiving(Runnable action) {
        return () -> {
            if (!ended) {
                action.run();
            }
        };
    }

    // --- the outbound side's view of the connection

    @Override
    public boolean isWritable() {
        return connection.isWritable() && !assigned.hasRetained();
    }

    @Override
    public Fate publish(DurableOutbound.Waiting message, int packetId) {
        if (message.qos() == Qos.AT_MOST_ONCE) {
            return message.again() && message.message().qos() == Qos.EXACTLY_ONCE ? Fate.ABANDONED : Fate.DROPPED;
        }
        return write(
                message.message(), message.qos(), message.retain(), packetId, message.identifiers(), message.again());
    }

    @Override
    public void pubrel(int packetId) {
        connection.pubrel(packetId);
    }

    // --- and of the cluster

    @Override
    public void settled(Origin origin, Runnable durable) {
        journal.settled(session, epoch, origin, durable);
    }

    @Override
    public void received(Origin origin, Runnable durable) {
        journal.received(session, epoch, origin, durable);
    }

    @Override
    public void pull(long[] from) {
        request = REQUESTS.incrementAndGet();
        unanswered.clear();
        journal.flush(session);
        journal.append(session, new ClientCommand.Pull(session.clientId(), epoch, request, from), offset -> {});
    }

    @Override
    public void join(long[] from) {
        source.join(session, filters, from);
    }

    @Override
    public void leave() {
        source.leaveTail(session);
    }

    private long[] reached() {
        long[] reached = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            reached[p] = source.reached(p);
        }
        return reached;
    }

    // --- the receipts' view

    InboundReceipts receipts() {
        return receipts;
    }

    @Override
    public InboundReceipt receipt(int packetId, int use, byte[] topic) {
        int partition = ClientPartitions.of(topic, partitions);
        return new InboundReceipt(packetId, use, partition, source.reached(partition));
    }

    @Override
    public void received(InboundReceipt receipt, Runnable durable) {
        journal.append(session, new ClientCommand.Receipt(session.clientId(), epoch, receipt), offset -> durable.run());
    }

    @Override
    public void released(int packetId, int use, Runnable durable) {
        journal.append(
                session, new ClientCommand.Release(session.clientId(), epoch, packetId, use), offset -> durable.run());
    }

    @Override
    public String uniqueId(InboundReceipt receipt) {
        return receipt.uniqueId(session.clientId(), sessionId);
    }

    // --- the assigned side's view

    @Override
    public boolean mayPublish() {
        return outbound.hasRoom() && connection.isWritable();
    }

    @Override
    public void inFlight(int change) {
        outbound.reserve(change);
    }

    @Override
    public void bind(AssignedDelivery delivery, Runnable durable) {
        journal.append(session, new ClientCommand.Assigned(session.clientId(), epoch, delivery), offset -> {
            durable.run();
            sendMore();
        });
    }

    @Override
    public void settledId(AssignedId id, Runnable durable) {
        journal.settledId(session, epoch, id, durable);
    }

    @Override
    public void receivedId(AssignedId id, Runnable durable) {
        journal.receivedId(session, epoch, id, durable);
    }

    @Override
    public Fate publish(AssignedDelivery delivery, boolean again) {
        int[] identifiers =
                delivery.identifiers().stream().mapToInt(Integer::intValue).toArray();
        PublishRecord message = delivery.message();
        return write(message, delivery.qos(), message.retain(), delivery.packetId(), identifiers, again);
    }
}
