package io.sluice.router.queue;

import io.sluice.router.queue.QueueState.Cursor;
import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
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

    PageBuilder(int partitions, Limits limits, QueueState state) {
        this.partitions = partitions;
        this.limits = limits;
        this.state = state;
    }

    /**
     * The answer to an attach: all that is bound to packet identifiers, and the first messages.
     *
     * @param request of the attach
     * @param present whether the session was there before
     */
    Fanout.Page first(String clientId, ClientState client, long request, boolean present) {
        List<AssignedDelivery> assigned = new ArrayList<>();
        List<AssignedId> assignedReceived = new ArrayList<>();
        client.assigned().forEach((id, known) -> {
            if (known.received()) {
                assignedReceived.add(known.delivery().id());
            } else {
                assigned.add(known.delivery());
            }
        });
        Messages messages = new Messages(clientId, client, new long[partitions]);
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
                messages.settledAbove);
    }

    /** The answer to a pull. */
    Fanout.Page next(String clientId, ClientState client, ClientCommand.Pull pull) {
        Messages messages = new Messages(clientId, client, pull.from());
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
                messages.settledAbove);
    }

    /** For each log partition the offset below which all that the session is due has come. */
    private long[] completeBelow(ClientState client) {
        long[] complete = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            Mark mark = state.mark(p);
            complete[p] = mark.reached();
            for (FilterVersion version : client.filters().versions()) {
                if (version.since() > mark.applied()) {
                    complete[p] = Math.min(complete[p], version.from()[p]);
                }
            }
        }
        return complete;
    }

    /** For each log partition the offset below which nothing is unsettled and nothing more will come. */
    long[] lowestUnsettled(String clientId, ClientState client) {
        long[] lowest = completeBelow(client);
        for (int p = 0; p < partitions; p++) {
            try (Cursor cursor = state.entries(clientId, p, 0)) {
                if (cursor.next()) {
                    lowest[p] = Math.min(lowest[p], cursor.offset());
                }
            }
        }
        return lowest;
    }

    /** The messages of one answer: those of all log partitions, merged by time. */
    private final class Messages {
        private final ClientState client;
        private final List<Fanout.Entry> entries = new ArrayList<>();
        private final List<Origin> receivedAbove = new ArrayList<>();
        private final List<Origin> settledAbove = new ArrayList<>();
        private final long[] completeBelow;
        private boolean last;
        private long bytes;

        Messages(String clientId, ClientState client, long[] from) {
            this.client = client;
            this.completeBelow = completeBelow(client);
            Cursor[] cursors = new Cursor[partitions];
            try {
                for (int p = 0; p < partitions; p++) {
                    Cursor cursor = state.entries(clientId, p, from[p]);
                    cursors[p] = cursor;
                    if (!advance(p, cursor)) {
                        cursor.close();
                        cursors[p] = null;
                    }
                }
                merge(cursors);
            } finally {
                for (Cursor cursor : cursors) {
                    if (cursor != null) {
                        cursor.close();
                    }
                }
            }
        }

        /** Goes to the next entry that belongs into an answer; notes what lies above. */
        private boolean advance(int partition, Cursor cursor) {
            while (cursor.next()) {
                boolean isBelow = cursor.offset() < completeBelow[partition];
                Origin origin = new Origin(partition, cursor.offset());
                switch (cursor.entry().state()) {
                    case QUEUED -> {
                        if (isBelow) {
                            return true;
                        }
                    }
                    case RECEIVED -> {
                        if (isBelow) {
                            return true;
                        }
                        receivedAbove.add(origin);
                    }
                    case SETTLED -> {
                        if (!isBelow) {
                            settledAbove.add(origin);
                        }
                    }
                }
            }
            return false;
        }

        private void merge(Cursor[] cursors) {
            for (int p = earliest(cursors); p >= 0; p = earliest(cursors)) {
                Cursor cursor = cursors[p];
                if (isFull(cursor.entry())) {
                    stopBefore(cursors);
                    return;
                }
                add(p, cursor);
                if (!advance(p, cursor)) {
                    cursor.close();
                    cursors[p] = null;
                }
            }
            last = true;
        }

        private boolean isFull(Entry next) {
            long size = next.message() == null ? 0 : next.message().weight();
            return !entries.isEmpty() && (entries.size() >= limits.messages() || bytes + size > limits.bytes());
        }

        /** The gateway asks on from here. */
        private void stopBefore(Cursor[] cursors) {
            for (int p = 0; p < partitions; p++) {
                if (cursors[p] != null) {
                    completeBelow[p] = cursors[p].offset();
                }
            }
        }

        private void add(int partition, Cursor cursor) {
            PublishRecord message = cursor.entry().message();
            if (message == null) {
                entries.add(new Fanout.Received(new Origin(partition, cursor.offset())));
            } else {
                entries.add(new Fanout.Queued(message, cursor.offset() < client.sentBelow()[partition]));
                bytes += message.weight();
            }
        }

        /** The partition whose next message is the oldest, -1 if there is none; what has no time goes first. */
        private int earliest(Cursor[] cursors) {
            int earliest = -1;
            long time = Long.MAX_VALUE;
            for (int p = 0; p < partitions; p++) {
                if (cursors[p] != null) {
                    PublishRecord message = cursors[p].entry().message();
                    long of = message == null ? Long.MIN_VALUE : message.timestamp();
                    if (earliest < 0 || of < time) {
                        earliest = p;
                        time = of;
                    }
                }
            }
            return earliest;
        }
    }
}
