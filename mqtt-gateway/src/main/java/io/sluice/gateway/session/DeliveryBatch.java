package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one read of the log brings to the sessions of one lane, in the log's order: messages with their targets, and
 * between them the changes that take effect at that place in the order. Filled by the source's thread, then run once by
 * the lane's.
 */
public final class DeliveryBatch {

    private final List<Object> items = new ArrayList<>();
    private final List<DeliveryTarget[]> targets = new ArrayList<>();

    /** Adds a message for one or more sessions. */
    public void add(PublishRecord message, DeliveryTarget[] to) {
        items.add(message);
        targets.add(to);
    }

    /** Adds what a session is to do at this place in the order. */
    public void add(Runnable change) {
        items.add(change);
        targets.add(null);
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return items.isEmpty();
    }

    /** Delivers everything in order. */
    public void run() {
        for (int i = 0; i < items.size(); i++) {
            DeliveryTarget[] to = targets.get(i);
            if (to == null) {
                ((Runnable) items.get(i)).run();
            } else {
                PublishRecord message = (PublishRecord) items.get(i);
                for (DeliveryTarget target : to) {
                    deliver(message, target);
                }
            }
        }
    }

    /** A defect that shows with one session must not cost the others their messages. */
    private static void deliver(PublishRecord message, DeliveryTarget target) {
        try {
            target.deliver(message);
        } catch (RuntimeException e) {
            target.session().failed(e);
        }
    }

    /** Calls back with each message. */
    public void forEachMessage(Consumer<PublishRecord> visitor) {
        for (int i = 0; i < items.size(); i++) {
            if (targets.get(i) != null) {
                visitor.accept((PublishRecord) items.get(i));
            }
        }
    }
}
