package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import java.util.ArrayList;
import java.util.List;

/** A log whose answers the test gives, in any order. */
final class ManualSink implements PublicationSink {

    final List<PublishRecord> messages = new ArrayList<>();
    final List<Listener> listeners = new ArrayList<>();

    @Override
    public void append(PublishRecord message, Listener listener) {
        messages.add(message);
        listeners.add(listener);
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onRoom(Runnable callback) {}
}
