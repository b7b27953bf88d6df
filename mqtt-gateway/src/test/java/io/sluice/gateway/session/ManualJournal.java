package io.sluice.gateway.session;

import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;

/**
 * An order of commands. The test confirms that clients have connected; all else is confirmed one after the other, before the call
 * that appends the first one returns.
 */
final class ManualJournal implements SessionJournal {

    final List<AttachTerms> announced = new ArrayList<>();
    final List<Long> requests = new ArrayList<>();
    final List<LongConsumer> confirmations = new ArrayList<>();
    final List<ClientCommand.Detach> detached = new ArrayList<>();
    private final Queue<LongConsumer> appended = new ArrayDeque<>();
    private boolean confirming;

    @Override
    public void attach(Session session, long request, AttachTerms terms, LongConsumer durable) {
        announced.add(terms);
        requests.add(request);
        confirmations.add(durable);
    }

    @Override
    public void detach(Session session, ClientCommand.Detach command) {
        detached.add(command);
    }

    @Override
    public long unwritten() {
        return 0;
    }

    @Override
    public void append(Session session, ClientCommand command, LongConsumer durable) {
        appended.add(durable);
        if (!confirming) {
            confirming = true;
            while (!appended.isEmpty()) {
                appended.remove().accept(0);
            }
            confirming = false;
        }
    }

    @Override
    public void settled(Session session, long epoch, Origin origin, Runnable durable) {
        durable.run();
    }

    @Override
    public void received(Session session, long epoch, Origin origin, Runnable durable) {
        durable.run();
    }

    @Override
    public void settledId(Session session, long epoch, AssignedId id, Runnable durable) {
        durable.run();
    }

    @Override
    public void receivedId(Session session, long epoch, AssignedId id, Runnable durable) {
        durable.run();
    }

    @Override
    public void flush(Session session) {
        // Nothing is gathered.
    }
}
