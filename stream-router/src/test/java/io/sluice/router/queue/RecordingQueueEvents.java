package io.sluice.router.queue;

import java.util.ArrayList;
import java.util.List;

/** Remembers what the queue stage tells. */
final class RecordingQueueEvents implements QueueEvents {

    private final List<PassedOver> passedOver = new ArrayList<>();
    private long queued;

    List<PassedOver> passedOver() {
        return passedOver;
    }

    long queued() {
        return queued;
    }

    @Override
    public void read(String topic) {}

    @Override
    public void written(String topic) {}

    @Override
    public void pageSent() {}

    @Override
    public void passedOver(PassedOver reason) {
        passedOver.add(reason);
    }

    @Override
    public void size(int partition, long messages, int clients) {
        queued = messages;
    }

    @Override
    public void groups(int partition, int count) {}

    @Override
    public void groupCommandRefused() {}

    @Override
    public void left(int partition) {}

    @Override
    public void damaged(String topic) {}
}
