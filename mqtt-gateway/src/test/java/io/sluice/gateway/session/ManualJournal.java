package io.sluice.gateway.session;

import io.sluice.wire.AssignedId;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** An order of commands whose confirmations the test gives. Of durable sessions it knows nothing. */
final class ManualJournal implements SessionJournal {

    final List<AttachTerms> announced = new ArrayList<>();
    final List<LongConsumer> confirmations = new ArrayList<>();
    final List<ClientCommand.Detach> detached = new ArrayList<>();

    @Override
    public void attach(Session session, long request, AttachTerms terms, LongConsumer durable) {
        announced.add(terms);
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
        throw new UnsupportedOperationException();
    }

    @Override
    public void settled(Session session, long epoch, Origin origin, Runnable durable) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void received(Session session, long epoch, Origin origin, Runnable durable) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void settledId(Session session, long epoch, AssignedId id, Runnable durable) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void receivedId(Session session, long epoch, AssignedId id, Runnable durable) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void flush(Session session) {
        throw new UnsupportedOperationException();
    }
}
