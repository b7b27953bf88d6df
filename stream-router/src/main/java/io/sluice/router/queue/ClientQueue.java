package io.sluice.router.queue;

import io.sluice.router.queue.ClientState.Assigned;
import io.sluice.router.queue.ClientState.Ending;
import io.sluice.router.queue.ClientState.Owner;
import io.sluice.router.queue.ClientState.Terms;
import io.sluice.router.queue.ClientState.Waiting;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.ClientCommand.Due.Kind;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupId;
import io.sluice.wire.InboundReceipt;
import io.sluice.wire.Inbox;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SessionFilters;
import io.sluice.wire.StoredWill;
import io.sluice.wire.SubscriptionsRecord;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The queue stage for one partition of clients: who is connected where, what each durable session has subscribed to, and
 * what it has not yet acknowledged. A state machine that is given commands and matches in the order of their partitions; it
 * knows neither Kafka nor a clock, and belongs to one thread.
 *
 * <p>A client is without a connection, or an incarnation of a gateway owns it in an epoch: the offset of the {@link
 * ClientCommand.Attach} that began the connection. Commands of other epochs are refused. An Attach for a durable session that meets
 * an owner waits until that one has detached, was declared lost, or has had its time. One whose session {@link
 * ClientCommand.Attach#isClean ends with its connection} is a fact, since its gateway asked nobody: it has the client at once. What
 * was there before is over then, but for its will, about which its gateway may still have something to say.
 *
 * <p>Whether all matches of a message have come follows from the marks of the match stage ({@link Completeness}). Until then a
 * settled message is remembered, since the match may come again; afterwards a match is a replay.
 */
final class ClientQueue {

    /**
     * The stage's limits.
     *
     * @param takeOverMillis how long an Attach waits for the present owner
     * @param clockMillis by how much gateways' clocks may differ
     * @param page of an answer
     * @param queue of a session
     * @param lagMillis how often it is told at most how far a session is behind
     */
    record Limits(long takeOverMillis, long clockMillis, PageBuilder.Limits page, QueueLimits queue, long lagMillis) {}

    /** MQTT's reason code for an Attach that a later CONNECT has overtaken. */
    private static final int SESSION_TAKEN_OVER = 0x8E;
    /** MQTT's reason code for an Attach of a gateway that was declared lost. */
    private static final int SERVER_UNAVAILABLE = 0x88;
    /** Of so many connections of one client the wills wait for a word of their gateways; they are a part of its one record. */
    private static final int MOST_ENDINGS = 8;

    private final Limits limits;
    private final int partitions;
    private final QueueState state;
    private final QueueEffects effects;
    private final Completeness completeness;
    private final QueueBounds bounds;
    private final Lags lags;
    private final PageBuilder pages;
    /** The clients that an incarnation owns, so that its loss finds them. */
    private final Map<String, Set<String>> owned = new HashMap<>();

    private final Timers timers = new Timers();
    /** The latest incarnations that were declared lost, the earliest first. */
    private final LostGateways lost;

    ClientQueue(int partitions, Limits limits, QueueState state, QueueEffects effects) {
        this.limits = limits;
        this.partitions = partitions;
        this.state = state;
        this.effects = effects;
        this.completeness = new Completeness(partitions, state);
        this.bounds = new QueueBounds(partitions, limits.queue(), state, completeness, effects);
        this.lags = new Lags(partitions, limits.queue(), limits.lagMillis(), state, effects);
        this.pages = new PageBuilder(partitions, limits.page(), state, completeness, bounds);
        this.lost = state.lost();
        state.eachClient((clientId, client) -> {
            timers.set(clientId, client.nextTimer());
            noteOwner(clientId, client.owner());
        });
    }

    private void noteOwner(String clientId, Owner owner) {
        if (owner != null) {
            owned.computeIfAbsent(owner.incarnation(), unused -> new HashSet<>())
                    .add(clientId);
        }
    }

    private void forgetOwner(String clientId, Owner owner) {
        if (owner != null) {
            Set<String> clients = owned.get(owner.incarnation());
            clients.remove(clientId);
            if (clients.isEmpty()) {
                owned.remove(owner.incarnation());
            }
        }
    }

    /** Keeps a client, or forgets it when there is neither a connection nor a session. */
    private void keep(String clientId, ClientState client) {
        if (client.isForgettable()) {
            state.remove(clientId);
            timers.set(clientId, ClientState.NEVER);
            lags.gone(clientId);
            effects.gone(clientId, client);
        } else {
            state.put(clientId, client);
            timers.set(clientId, client.nextTimer());
        }
    }

    // --- commands

    /**
     * A command.
     *
     * @param clientId the record's key; of no meaning for commands that concern several clients
     * @param offset of the record in its partition of {@code mqtt.commands}
     * @param now milliseconds since the epoch
     */
    void command(String clientId, long offset, Command command, long now) {
        if (command instanceof ClientCommand.Attach attach) {
            attach(clientId, offset, attach, now);
        } else if (command instanceof Command.Progress progress) {
            progress.sessions().forEach(session -> progress(session, now));
        } else if (command instanceof Command.GatewayLost gone) {
            gatewayLost(gone, offset, now);
        } else {
            ofOneClient(clientId, offset, command, now);
        }
    }

    private void ofOneClient(String clientId, long offset, Command command, long now) {
        ClientState client = state.client(clientId);
        if (command instanceof ClientCommand.Held held) {
            held(clientId, client, held);
        } else if (client == null) {
            return;
        } else if (command instanceof ClientCommand.Detach detach) {
            detach(clientId, client, detach, offset, now);
        } else if (command instanceof ClientCommand.Due due) {
            due(clientId, client, due, offset, now);
        } else if (command instanceof ClientCommand.Subscribe subscribe) {
            changeFilters(clientId, client, subscribe, subscribe.epoch(), offset);
        } else if (command instanceof ClientCommand.Unsubscribe unsubscribe) {
            changeFilters(clientId, client, unsubscribe, unsubscribe.epoch(), offset);
        } else if (command instanceof ClientCommand.Assigned assigned && isOwner(client, assigned.epoch())) {
            client.assigned().put(assigned.delivery().packetId(), new Assigned(assigned.delivery(), false));
            keep(clientId, client);
        } else if (command instanceof ClientCommand.Receipt receipt && isOfSession(client, receipt.epoch())) {
            received(clientId, client, receipt.receipt());
        } else if (command instanceof ClientCommand.Release release && isOfSession(client, release.epoch())) {
            released(clientId, client, release);
        } else if (command instanceof ClientCommand.Pull pull && isOwner(client, pull.epoch())) {
            effects.send(client.owner().slot(), pages.next(clientId, client, pull, now));
        } else if (command instanceof ClientCommand.Bound bound && bound.sessionId() == client.sessionId()) {
            bound(clientId, client, bound.delivery());
        } else if (command instanceof ClientCommand.Fenced fenced && fenced.sessionId() == client.sessionId()) {
            fenced(clientId, client, fenced, now);
        }
    }

    /** Whether a connection, which may be over, belonged to the session that the client has. */
    private static boolean isOfSession(ClientState client, long epoch) {
        return client.sessionId() >= 0 && epoch >= client.sessionId();
    }

    private static boolean isOwner(ClientState client, long epoch) {
        return client.owner() != null && client.owner().epoch() == epoch;
    }

    /**
     * A change of filters. When it comes from a connection that was taken over, its gateway may have acknowledged it all the
     * same, not knowing that, if the later connection was one that its client had given up. Such a connection
     * changes no filters. So the change is put aside: the next connection finds it, unless a later one than its own changes
     * filters.
     */
    private void changeFilters(String clientId, ClientState client, ClientCommand change, long epoch, long offset) {
        if (!isOfSession(client, epoch) || epoch < client.filtersEpoch()) {
            return; // That session has ended, or a later connection has decided.
        }
        if (epoch == client.lastEpoch()) {
            client.late().clear();
            client.filtersEpoch(epoch);
            filters(clientId, client, offset, change);
            shares(clientId, client, change);
        } else {
            client.late().removeIf(earlier -> epochOf(earlier) < epoch);
            client.late().add(change);
            if (client.owner() != null) {
                evict(clientId, client.owner());
            }
        }
        keep(clientId, client);
    }

    private static long epochOf(ClientCommand change) {
        return change instanceof ClientCommand.Subscribe subscribe
                ? subscribe.epoch()
                : ((ClientCommand.Unsubscribe) change).epoch();
    }

    private static SessionFilters changed(SessionFilters filters, ClientCommand change, long offset) {
        SessionFilters changed = filters;
        if (change instanceof ClientCommand.Subscribe subscribe) {
            for (ClientCommand.Subscribe.Requested wanted : subscribe.filters()) {
                if (!TopicFilter.isShared(wanted.filter().text())) {
                    changed = changed.subscribe(wanted.filter(), wanted.options(), offset, subscribe.at());
                }
            }
        } else if (change instanceof ClientCommand.Unsubscribe unsubscribe) {
            for (TopicFilter filter : unsubscribe.filters()) {
                changed = changed.unsubscribe(filter, unsubscribe.at());
            }
        }
        return changed;
    }

    private void filters(String clientId, ClientState client, long offset, ClientCommand change) {
        SessionFilters changed = changed(client.filters(), change, offset);
        if (!changed.equals(client.filters())) {
            if (change instanceof ClientCommand.Unsubscribe unsubscribe) {
                letGo(clientId, client.sessionId(), changed, unsubscribe.at());
            }
            client.filters(changed.withoutEnded(pages.lowestUnsettled(client)));
            tell(new SubscriptionsRecord(
                    clientId, client.sessionId(), offset, client.filters().versions()));
            effects.told(clientId, SessionEvent.of(SessionEvent.Kind.SUBSCRIPTIONS), client);
            effects.changed(clientId, client);
        }
    }

    /**
     * Tells the match stage the filters of a session. One that has none is forgotten, but not before the record of another
     * one: who reads what compaction has left must find the last command that had an outcome.
     */
    private void tell(SubscriptionsRecord record) {
        effects.filters(record);
        String withoutFilters = state.withoutFilters();
        if (withoutFilters != null && !withoutFilters.equals(record.clientId())) {
            effects.filtersGone(withoutFilters);
        }
        state.putWithoutFilters(record.versions().isEmpty() ? record.clientId() : null);
    }

    // --- groups

    /** What of a change concerns shared subscriptions: those have no versions, since their groups have cursors. */
    private void shares(String clientId, ClientState client, ClientCommand change) {
        if (change instanceof ClientCommand.Subscribe subscribe) {
            for (ClientCommand.Subscribe.Requested wanted : subscribe.filters()) {
                GroupId group = GroupId.ofShared(wanted.filter());
                if (group != null && client.shares().join(group, wanted.options())) {
                    sharesChanged(clientId, client);
                }
            }
        } else if (change instanceof ClientCommand.Unsubscribe unsubscribe) {
            for (TopicFilter filter : unsubscribe.filters()) {
                GroupId group = GroupId.ofShared(filter);
                if (group != null && client.shares().leave(group)) {
                    effects.toGroup(new GroupCommand.Drop(
                            group, clientId, client.sessionId(), unsubscribe.epoch(), unsubscribe.turn()));
                    sharesChanged(clientId, client);
                }
            }
        }
    }

    private void sharesChanged(String clientId, ClientState client) {
        effects.told(clientId, SessionEvent.of(SessionEvent.Kind.SUBSCRIPTIONS), client);
        effects.changed(clientId, client);
    }

    /**
     * A change that was put aside until a connection begins: what gateways have told groups over any earlier connection is over,
     * in whatever order it was written.
     */
    private void lateShares(String clientId, ClientState client, ClientCommand change, long epoch) {
        if (change instanceof ClientCommand.Subscribe subscribe) {
            for (ClientCommand.Subscribe.Requested wanted : subscribe.filters()) {
                GroupId group = GroupId.ofShared(wanted.filter());
                if (group != null) {
                    effects.toGroup(new GroupCommand.Hold(
                            group, clientId, client.sessionId(), subscribe.epoch(), 0, subscribe.at()));
                }
            }
            shares(clientId, client, subscribe);
        } else if (change instanceof ClientCommand.Unsubscribe left) {
            shares(clientId, client, new ClientCommand.Unsubscribe(clientId, epoch, left.at(), 0, left.filters()));
        }
    }

    /** A group holds a session: one that has ended lets go; a later connection must ask the group what was bound to it. */
    private void held(String clientId, ClientState client, ClientCommand.Held held) {
        if (client == null || client.sessionId() != held.sessionId()) {
            effects.toGroup(
                    new GroupCommand.Drop(held.group(), clientId, held.sessionId(), Long.MAX_VALUE, Integer.MAX_VALUE));
            return;
        }
        if (client.shares().held(held.group())
                && client.owner() != null
                && client.owner().epoch() > held.epoch()) {
            evict(clientId, client.owner());
        }
        keep(clientId, client);
    }

    /** A group's message is the session's from now on. */
    private void bound(String clientId, ClientState client, AssignedDelivery delivery) {
        Boolean done = client.shares().takeEarly(delivery.id());
        if (done == null || !done) {
            client.assigned().put(delivery.packetId(), new Assigned(delivery, done != null));
        }
        keep(clientId, client);
    }

    private void fenced(String clientId, ClientState client, ClientCommand.Fenced fenced, long now) {
        if (fenced.epoch() == 0) {
            client.shares().left(fenced.group());
        } else if (isOwner(client, fenced.epoch())) {
            long request = client.shares().fenced(fenced.group());
            if (request >= 0) {
                effects.send(client.owner().slot(), pages.first(clientId, client, request, true, now));
            }
        }
        keep(clientId, client);
    }

    /**
     * The answer to an attach. What groups have bound to the session over earlier connections may be on its way, so they are
     * asked first.
     */
    private void answer(String clientId, ClientState client, ClientCommand.Attach attach, boolean resumed, long now) {
        long epoch = client.owner().epoch();
        if (client.shares().isEmpty()) {
            effects.send(attach.slot(), pages.first(clientId, client, attach.request(), resumed, now));
        } else {
            for (GroupId group : client.shares().beginFencing(attach.request())) {
                effects.toGroup(new GroupCommand.Fence(group, clientId, client.sessionId(), epoch));
            }
        }
    }

    /** Matches that were found before the match stage knew that their filter had ended. */
    private void letGo(String clientId, long session, SessionFilters filters, long[] from) {
        for (int p = 0; p < partitions; p++) {
            List<Long> unwanted = new ArrayList<>();
            try (QueueState.Cursor cursor = state.entries(session, p, from[p])) {
                while (cursor.next()) {
                    PublishRecord message = cursor.entry().message();
                    if (message != null && filters.delivery(message) == null) {
                        unwanted.add(cursor.offset());
                    }
                }
            }
            for (long offset : unwanted) {
                state.removeEntry(clientId, session, p, offset);
            }
        }
    }

    private void evict(String clientId, Owner owner) {
        effects.send(owner.slot(), new Fanout.Evict(clientId, owner.incarnation(), owner.epoch()));
    }

    // What a client has sent is true whoever serves it by now, as long as the session is the same.

    private void received(String clientId, ClientState client, InboundReceipt receipt) {
        InboundReceipt known = client.receipts().get(receipt.packetId());
        boolean isReleased = receipt.use() < client.reuse().of(receipt.packetId());
        if (!isReleased && (known == null || known.use() < receipt.use())) {
            client.receipts().put(receipt.packetId(), receipt);
            keep(clientId, client);
        }
    }

    private void released(String clientId, ClientState client, ClientCommand.Release release) {
        InboundReceipt known = client.receipts().get(release.packetId());
        if (known != null && known.use() <= release.use()) {
            client.receipts().remove(release.packetId());
        }
        client.reuse().raise(release.packetId(), release.use() + 1);
        keep(clientId, client);
    }

    // --- connections

    private void attach(String clientId, long offset, ClientCommand.Attach attach, long now) {
        if (lost.contains(attach.incarnation())) {
            // It wakes up, and does not know yet that its clients were given to others.
            refuse(clientId, offset, attach, SERVER_UNAVAILABLE);
            if (attach.isClean() && attach.will() != null) {
                publishWill(clientId, offset, attach.will()); // The client may have been told that it is connected.
            }
            return;
        }
        ClientState client = state.client(clientId);
        if (client == null) {
            client = new ClientState(clientId.getBytes(StandardCharsets.UTF_8), partitions);
            client.newSession(-1);
            client.expireAt(0);
        }
        if (attach.connectedAt() + limits.clockMillis() < client.connectedAt()) {
            // It was long on its way, and its client has connected again since: the later CONNECT wins, not the later
            // record.
            refuse(clientId, offset, attach, SESSION_TAKEN_OVER);
            if (attach.isClean() && attach.will() != null) {
                remember(clientId, client, offset, attach.will(), now);
                keep(clientId, client);
            }
            return;
        }
        // A clock that is ahead must not lock the client out until its time has come.
        client.connectedAt(Math.min(attach.connectedAt(), now + limits.clockMillis()));
        if (client.waiting() != null) {
            // It will never own the client: a later one wins.
            evict(clientId, client.waiting().epoch(), client.waiting().attach());
            client.waiting(null);
        }
        Owner owner = client.owner();
        Waiting next = new Waiting(attach, offset, now + limits.takeOverMillis());
        if (owner == null) {
            begin(clientId, client, next, offset, now);
            return;
        }
        evict(clientId, owner);
        if (attach.isClean()) {
            displace(clientId, client, now);
            begin(clientId, client, next, offset, now);
        } else {
            client.waiting(next);
            keep(clientId, client);
        }
    }

    /** An Attach is not granted. Who has asked for nothing is told as one that had the client. */
    private void refuse(String clientId, long offset, ClientCommand.Attach attach, int reason) {
        if (attach.isClean()) {
            evict(clientId, offset, attach);
        } else {
            effects.send(attach.slot(), new Fanout.Refused(clientId, attach.incarnation(), attach.request(), reason));
        }
    }

    private void evict(String clientId, long epoch, ClientCommand.Attach attach) {
        evict(clientId, new Owner(epoch, attach.incarnation(), attach.slot()));
    }

    /** The present connection has lost the client to one that starts clean. Its gateway may have forgotten its will already. */
    private void displace(String clientId, ClientState client, long now) {
        if (client.will() != null) {
            remember(clientId, client, client.owner().epoch(), client.will(), now);
            client.will(null);
        }
        forgetOwner(clientId, client.owner());
        client.owner(null);
        effects.told(clientId, SessionEvent.of(SessionEvent.Kind.TAKEN_OVER), client);
    }

    /** A gateway has still to say whether a will is due. Of a client that connects anew all the time the earliest is due at once. */
    private void remember(String clientId, ClientState client, long epoch, StoredWill will, long now) {
        SortedMap<Long, Ending> endings = client.endings();
        endings.put(epoch, new Ending(will, now + limits.takeOverMillis()));
        if (endings.size() > MOST_ENDINGS) {
            long earliest = endings.firstKey();
            publishWill(clientId, earliest, endings.remove(earliest).will());
        }
    }

    /**
     * The connection that an Attach asks for begins; there is no other one.
     *
     * @param offset of the command that lets it begin
     */
    private void begin(String clientId, ClientState client, Waiting next, long offset, long now) {
        ClientCommand.Attach attach = next.attach();
        long epoch = next.epoch();
        boolean exists = client.expireAt() > now && client.sessionId() >= 0;
        boolean resumed = exists && !attach.cleanStart();
        if (client.willAt() != ClientState.NEVER && !resumed) {
            publishWill(clientId, client); // The session that it belongs to ends ([MQTT-3.1.3-9]).
        }
        if (!resumed) {
            endSession(clientId, client, offset);
            client.newSession(epoch);
        }
        for (ClientCommand change : client.late()) {
            filters(clientId, client, offset, change);
            lateShares(clientId, client, change, epoch);
        }
        client.late().clear();
        client.waiting(null);
        client.owner(new Owner(epoch, attach.incarnation(), attach.slot()));
        noteOwner(clientId, client.owner());
        client.expirySeconds(attach.expirySeconds());
        client.expireAt(ClientState.NEVER);
        client.will(attach.will());
        client.willAt(ClientState.NEVER);
        client.terms(
                new Terms(attach.protocolVersion(), attach.keepAliveSeconds(), attach.address(), attach.isClean()));
        if (!attach.isClean()) {
            answer(clientId, client, attach, resumed, now);
        }
        keep(clientId, client);
        effects.told(clientId, SessionEvent.of(SessionEvent.Kind.CONNECTED), client);
        effects.changed(clientId, client);
    }

    private void detach(String clientId, ClientState client, ClientCommand.Detach detach, long offset, long now) {
        Waiting waiting = client.waiting();
        Ending ending = client.endings().remove(detach.epoch());
        if (ending != null) {
            if (detach.will() == ClientCommand.WillAction.PUBLISH) {
                publishWill(clientId, detach.epoch(), ending.will());
            }
            keep(clientId, client);
        } else if (waiting != null && waiting.epoch() == detach.epoch()) {
            client.waiting(null);
            keep(clientId, client);
        } else if (isOwner(client, detach.epoch())) {
            if (detach.expirySeconds() >= 0) {
                client.expirySeconds(detach.expirySeconds());
            }
            if (detach.sentBelow() != null) {
                client.sentBelow(detach.sentBelow());
            }
            if (detach.will() == ClientCommand.WillAction.FORGET) {
                client.will(null);
            }
            connectionEnded(clientId, client, detach.reason(), offset, now);
        }
    }

    /** The gateway does not tell what it has sent. It was nothing that is logged from now on. */
    private void connectionLost(String clientId, ClientState client, String reason, long offset, long now) {
        client.sentUntil(now + limits.clockMillis());
        connectionEnded(clientId, client, reason, offset, now);
    }

    /** Without an owner: the will is due now or later, the session ends now or later, and who waits may go on. */
    private void connectionEnded(String clientId, ClientState client, String reason, long offset, long now) {
        forgetOwner(clientId, client.owner());
        client.owner(null);
        // What is under way to a client that is connected was not counted when the task began.
        bounds.watch(clientId);
        long expiry = client.expirySeconds();
        client.expireAt(expiry == ClientCommand.Attach.FOREVER ? ClientState.NEVER : now + expiry * 1_000);
        if (client.will() != null) {
            client.willAt(now + Math.min(client.will().delaySeconds(), expiry) * 1_000);
            if (client.willAt() <= now) {
                publishWill(clientId, client);
            }
        }
        if (expiry == 0) {
            endSession(clientId, client, offset);
        }
        Waiting waiting = client.waiting();
        client.waiting(null);
        if (waiting != null && !lost.contains(waiting.attach().incarnation())) {
            effects.told(clientId, new SessionEvent(SessionEvent.Kind.TAKEN_OVER, reason), client);
            begin(clientId, client, waiting, offset, now);
            return;
        }
        effects.told(clientId, new SessionEvent(SessionEvent.Kind.DISCONNECTED, reason), client);
        if (!client.isForgettable()) {
            effects.changed(clientId, client);
        }
        keep(clientId, client);
    }

    /** A leader whose reign is over has no say: who came after it has reaped, or will reap, what it began. */
    private void gatewayLost(Command.GatewayLost gone, long offset, long now) {
        if (gone.term() < lost.term()) {
            effects.lossRefused(gone, lost.term());
            return;
        }
        lost.add(gone.incarnation(), gone.term());
        state.putLost(lost);
        for (String clientId : List.copyOf(owned.getOrDefault(gone.incarnation(), Set.of()))) {
            connectionLost(clientId, state.client(clientId), "gateway lost", offset, now);
        }
    }

    private void publishWill(String clientId, ClientState client) {
        publishWill(clientId, client.lastEpoch(), client.will());
        client.will(null);
        client.willAt(ClientState.NEVER);
    }

    /** The gateway that lost the connection may publish it too: both by the same name. */
    private void publishWill(String clientId, long epoch, StoredWill will) {
        effects.publishWill(will.message().withUniqueId(StoredWill.uniqueId(clientId, epoch), -1));
    }

    private void endSession(String clientId, ClientState client, long offset) {
        if (client.sessionId() >= 0 && !client.terms().clean()) {
            state.sessionEnded(clientId, client.sessionId());
            lags.gone(clientId);
        }
        for (GroupId group : client.shares().holding()) {
            effects.toGroup(
                    new GroupCommand.Drop(group, clientId, client.sessionId(), Long.MAX_VALUE, Integer.MAX_VALUE));
        }
        if (!client.filters().versions().isEmpty()) {
            tell(new SubscriptionsRecord(clientId, client.sessionId(), offset, List.of()));
        }
        client.newSession(-1);
        client.expireAt(0);
    }

    // --- timers

    /** When {@link #tick} has something to do next, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long nextTimer() {
        long next = Math.min(timers.next(), Math.min(bounds.nextDue(), lags.nextDue()));
        return state.hasRemains() ? Math.min(next, 0) : next;
    }

    /** How far a client is behind, which is about to be told. */
    SessionLag tellLag(String clientId, ClientState client, long now) {
        return client.terms().clean() ? SessionLag.none() : lags.tell(clientId, client, now);
    }

    /** The sessions that are farthest behind. */
    List<QueueSize.Behind> farthestBehind(int most, long now) {
        return lags.farthest(most, now);
    }

    /**
     * Puts timers that are due into the order of their clients. They have an effect when they come back, so that what was
     * written before they were due goes before.
     */
    void tick(long now) {
        if (state.hasRemains()) {
            state.removeRemains();
        }
        bounds.tick(now, (clientId, client) -> lags.changed(clientId, client, now));
        lags.tick(now);
        for (String clientId : timers.due(now)) {
            ClientState client = state.client(clientId);
            client.endings().forEach((epoch, ending) -> {
                if (ending.deadline() <= now) {
                    due(clientId, client, epoch, Kind.WILL);
                }
            });
            if (client.owner() == null && client.willAt() <= now) {
                due(clientId, client, client.lastEpoch(), Kind.WILL);
            } else if (client.owner() == null && client.expireAt() <= now) {
                due(clientId, client, client.lastEpoch(), Kind.EXPIRY);
            } else if (client.waiting() != null && client.waiting().deadline() <= now) {
                due(clientId, client, client.waiting().epoch(), Kind.TAKE_OVER);
            }
        }
    }

    private void due(String clientId, ClientState client, long epoch, Kind kind) {
        effects.due(new ClientCommand.Due(clientId, client.sessionId(), epoch, kind));
    }

    private void due(String clientId, ClientState client, ClientCommand.Due due, long offset, long now) {
        if (due.kind() == Kind.TAKE_OVER) {
            if (client.waiting() != null && client.waiting().epoch() == due.epoch()) {
                connectionLost(clientId, client, "silent", offset, now);
            }
            return;
        }
        Ending ending = due.kind() == Kind.WILL ? client.endings().remove(due.epoch()) : null;
        if (ending != null) {
            publishWill(clientId, due.epoch(), ending.will()); // Its gateway is silent.
            keep(clientId, client);
            return;
        }
        boolean isSame = client.sessionId() == due.sessionId() && client.lastEpoch() == due.epoch();
        if (client.owner() != null || !isSame) {
            return; // Somebody has attached in time.
        }
        if (client.will() != null) {
            publishWill(clientId, client); // Also with the end of the session ([MQTT-3.1.3-9]).
        }
        if (due.kind() == Kind.EXPIRY) {
            endSession(clientId, client, offset);
        }
        keep(clientId, client);
    }

    // --- messages

    /**
     * A message that the match stage has found for a session.
     *
     * @param now milliseconds since the epoch
     */
    void match(Inbox.Match match, long now) {
        queue(match, now);
        // What is settled below is looked at when there is a mark by itself: not for each message.
        Inbox.Mark mark = match.mark();
        if (mark != null) {
            advance(mark);
        }
    }

    private void queue(Inbox.Match match, long now) {
        ClientState client = state.client(match.clientId());
        PublishRecord message = match.message();
        if (client == null || client.sessionId() != match.sessionId()) {
            effects.passedOver(PassedOver.SESSION_ENDED);
            return;
        }
        if (completeness.covers(client, message.partition(), message.offset())) {
            effects.passedOver(PassedOver.REPLAY);
            return;
        }
        if (state.entry(match.sessionId(), message.partition(), message.offset()) != null) {
            effects.passedOver(PassedOver.KNOWN);
            return;
        }
        SessionFilters.Delivery delivery = client.filters().delivery(message);
        if (delivery == null || delivery.qos() == Qos.AT_MOST_ONCE) {
            effects.passedOver(PassedOver.NO_FILTER);
            return;
        }
        if (bounds.admit(match.clientId(), client, message, now)) {
            state.putEntry(
                    match.clientId(), match.sessionId(), message.partition(), message.offset(), Entry.queued(message));
            bounds.watch(match.clientId());
        }
        lags.changed(match.clientId(), client, now);
    }

    /** The match stage tells how far it has come. */
    void mark(Inbox.Mark mark) {
        int partition = mark.logPartition();
        if (!advance(mark)) {
            return;
        }
        state.settledBelow(partition, mark.reached(), (clientId, offset) -> {
            ClientState client = state.client(clientId);
            if (completeness.covers(client, partition, offset)) {
                state.removeEntry(clientId, client.sessionId(), partition, offset);
            }
        });
    }

    /**
     * Whether a mark tells nothing less than the last one. A match task that has just started may know less than the one before it.
     * It will catch up; the two may not be mixed, since it has not looked for the newest filters in what it has reached.
     */
    private boolean advance(Inbox.Mark mark) {
        Mark before = state.mark(mark.logPartition());
        if (mark.reached() < before.reached() || mark.applied() < before.applied()) {
            return false;
        }
        state.putMark(mark.logPartition(), new Mark(mark.reached(), mark.applied()));
        return true;
    }

    private void progress(Command.Progress.Session progress, long now) {
        ClientState client = state.client(progress.clientId());
        // What a client has acknowledged is true whoever serves it by now, as long as the session is the same.
        if (client == null || !isOfSession(client, progress.epoch())) {
            return;
        }
        progress.received().forEach(origin -> received(progress.clientId(), client, origin));
        progress.settled().forEach(origin -> settled(progress.clientId(), client, origin));
        lags.changed(progress.clientId(), client, now);
        progress.receivedIds().forEach(id -> assignedReceived(client, id));
        progress.settledIds().forEach(id -> assignedSettled(client, id));
        if (!progress.receivedIds().isEmpty() || !progress.settledIds().isEmpty()) {
            keep(progress.clientId(), client);
        }
    }

    private static boolean isAssigned(ClientState client, AssignedId id) {
        Assigned known = client.assigned().get(id.packetId());
        return known != null && known.delivery().id().equals(id);
    }

    private static void assignedReceived(ClientState client, AssignedId id) {
        if (isAssigned(client, id)) {
            client.assigned()
                    .put(
                            id.packetId(),
                            new Assigned(client.assigned().get(id.packetId()).delivery(), true));
        } else if (!client.shares().isEmpty()) {
            client.shares().acknowledgedEarly(id, false);
        }
    }

    private static void assignedSettled(ClientState client, AssignedId id) {
        if (isAssigned(client, id)) {
            client.assigned().remove(id.packetId());
        } else if (!client.shares().isEmpty()) {
            client.shares().acknowledgedEarly(id, true);
        }
    }

    private void received(String clientId, ClientState client, Origin origin) {
        Entry entry = state.entry(client.sessionId(), origin.partition(), origin.offset());
        boolean isUnknown = entry == null && completeness.covers(client, origin.partition(), origin.offset());
        if (!isUnknown && (entry == null || entry.state() == Entry.State.QUEUED)) {
            state.putEntry(clientId, client.sessionId(), origin.partition(), origin.offset(), Entry.RECEIVED);
        }
    }

    private void settled(String clientId, ClientState client, Origin origin) {
        if (completeness.covers(client, origin.partition(), origin.offset())) {
            state.removeEntry(clientId, client.sessionId(), origin.partition(), origin.offset());
        } else {
            state.putEntry(clientId, client.sessionId(), origin.partition(), origin.offset(), Entry.SETTLED);
        }
    }
}
