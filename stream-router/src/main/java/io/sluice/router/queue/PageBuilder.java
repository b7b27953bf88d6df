package io.sluice.router.queue;

import io.sluice.router.queue.QueueState.Cursor;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Fanout;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.ReuseCounts;
import java.util.ArrayList;
import java.util.List;

/** Makes the answers to attaches and pulls. */
final class PageBuilder {

    /** What one answer may hold; a larger message stands in one of its own. */
    record Limits(int messages, long bytes) {}

    private static final ReuseCounts NO_REUSE = new ReuseCounts();

    private final int partitions;
    private final Limits limits;
    private final QueueState state;
    private final Completeness completeness;
    private final QueueBounds bounds;

    PageBuilder(int partitions, Limits limits, QueueState state, Completeness completeness, QueueBounds bounds) {
        this.partitions = partitions;
        this.limits = limits;
        this.state = state;
        this.completeness = completeness;
        this.bounds = bounds;
    }

    /**
     * The answer to an attach: all that is bound to packet identifiers, and the first messages.
     *
     * @param request of the attach
     * @param present whether the session was there before
     * @param now milliseconds since the epoch
     */
    Fanout.Page first(String clientId, ClientState client, long request, boolean present, long now) {
        List<AssignedDelivery> assigned = new ArrayList<>();
        List<AssignedId> assignedReceived = new ArrayList<>();
        client.assigned().forEach((id, known) -> {
            if (known.received()) {
                assignedReceived.add(known.delivery().id());
            } else {
                assigned.add(known.delivery());
            }
        });
        Messages messages = new Messages(clientId, client, new long[partitions], now);
        return new Fanout.Page(
                clientId,
                client.owner().incarnation(),
                client.owner().epoch(),
                request,
                present,
                client.sessionId(),
                client.filters().versions(),
                client.shares().list(),
                messages.completeBelow,
                messages.last,
                List.copyOf(client.receipts().values()),
                client.reuse(),
                assigned,
                assignedReceived,
                messages.entries,
                messages.receivedAbove,
                messages.settledAbove,
                client.sentBelow(),
                client.sentUntil());
    }

    /**
     * The answer to a pull.
     *
     * @param now milliseconds since the epoch
     */
    Fanout.Page next(String clientId, ClientState client, ClientCommand.Pull pull, long now) {
        Messages messages = new Messages(clientId, client, pull.from(), now);
        return new Fanout.Page(
                clientId,
                client.owner().incarnation(),
                client.owner().epoch(),
                pull.request(),
                true,
                client.sessionId(),
                client.filters().versions(),
                client.shares().list(),
                messages.completeBelow,
                messages.last,
                List.of(),
                NO_REUSE,
                List.of(),
                List.of(),
                messages.entries,
                messages.receivedAbove,
                messages.settledAbove,
                client.sentBelow(),
                client.sentUntil());
    }

    /** For each log partition the offset below which nothing is unsettled and nothing more will come. */
    long[] lowestUnsettled(ClientState client) {
        long[] lowest = completeness.below(client);
        for (int p = 0; p < partitions; p++) {
            try (Cursor cursor = state.entries(client.sessionId(), p, 0)) {
                if (cursor.next()) {
                    lowest[p] = Math.min(lowest[p], cursor.offset());
                }
            }
        }
        return lowest;
    }

    /** The messages of one answer: those of all log partitions, merged by time. What has been queued for too long is dropped. */
    private final class Messages {
        private final String clientId;
        private final ClientState client;
        private final long now;
        private final List<Fanout.Entry> entries = new ArrayList<>();
        private final List<Origin> receivedAbove = new ArrayList<>();
        private final List<Origin> settledAbove = new ArrayList<>();
        private final long[] completeBelow;
        private boolean last = true;
        private int dropped;
        private long bytes;

        Messages(String clientId, ClientState client, long[] from, long now) {
            this.clientId = clientId;
            this.client = client;
            this.now = now;
            this.completeBelow = completeness.below(client);
            try (OldestFirst unsettled = new OldestFirst(client.sessionId(), state, from, this::choose)) {
                while (unsettled.next()) {
                    if (dropped == QueueBounds.DROPPED_AT_ONCE || isFull(unsettled.entry())) {
                        stopBefore(unsettled);
                        return;
                    }
                    add(unsettled);
                }
            }
        }

        /** What belongs into the answer; notes what lies above. */
        private Entry choose(int partition, long offset, Entry entry) {
            boolean isBelow = offset < completeBelow[partition];
            Entry left = isBelow ? outlive(entry) : entry;
            if (left == null) {
                return null;
            }
            if (isBelow) {
                return left.state() == Entry.State.SETTLED ? null : left;
            }
            switch (left.state()) {
                case RECEIVED -> receivedAbove.add(new Origin(partition, offset));
                case SETTLED -> settledAbove.add(new Origin(partition, offset));
                case QUEUED -> {}
            }
            return null;
        }

        /** What is to be dropped when so much was dropped already is left to the next answer, which begins there. */
        private Entry outlive(Entry entry) {
            boolean mayDrop = entry.state() == Entry.State.QUEUED && dropped < QueueBounds.DROPPED_AT_ONCE;
            DropReason reason = mayDrop ? bounds.outlived(entry.message(), now) : null;
            if (reason == null) {
                return entry;
            }
            dropped++;
            return bounds.drop(clientId, client, entry.message(), client.wasMaybeSent(entry.message()), reason);
        }

        private boolean isFull(Entry next) {
            long size = next.message() == null ? 0 : next.message().weight();
            return !entries.isEmpty() && (entries.size() >= limits.messages() || bytes + size > limits.bytes());
        }

        /** The gateway asks on from here. */
        private void stopBefore(OldestFirst unsettled) {
            last = false;
            for (int p = 0; p < partitions; p++) {
                long next = unsettled.nextOffset(p);
                if (next >= 0) {
                    completeBelow[p] = next;
                }
            }
        }

        private void add(OldestFirst unsettled) {
            PublishRecord message = unsettled.entry().message();
            if (unsettled.entry().state() == Entry.State.RECEIVED) {
                entries.add(new Fanout.Received(new Origin(unsettled.partition(), unsettled.offset())));
            } else {
                entries.add(new Fanout.Queued(message, client.wasMaybeSent(message)));
                bytes += message.weight();
            }
        }
    }
}
