package io.sluice.gateway.group;

import io.sluice.wire.PublishRecord;

/** What the messages take that all groups of a gateway hold. */
final class HeldBytes {

    private final long limit;
    private long bytes;

    HeldBytes(long limit) {
        this.limit = limit;
    }

    boolean isFull() {
        return bytes >= limit;
    }

    void add(PublishRecord message) {
        bytes += message.weight();
    }

    void remove(PublishRecord message) {
        bytes -= message.weight();
    }

    long bytes() {
        return bytes;
    }
}
