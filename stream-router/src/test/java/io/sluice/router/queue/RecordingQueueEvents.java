package io.sluice.router.queue;

import java.util.ArrayList;
import java.util.List;

/** Remembers what the queue stage tells. */
final class RecordingQueueEvents implements QueueEvents {

    private final List<PassedOver> passedOver = new ArrayList<>();
    private final List<DropReason> dropped = new ArrayList<>();
    private QueueSize size = new QueueSize(0, 0, 0, List.of(), List.of(), 0);

    List<PassedOver> passedOver() {
        return passedOver;
    }

    List<DropReason> dropped() {
        return dropped;
    }

    QueueSize size() {
        return size;
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
    public void dropped(DropReason reason) {
        dropped.add(reason);
    }

    @Override
    public void size(int partition, QueueSize present) {
        size = present;
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
