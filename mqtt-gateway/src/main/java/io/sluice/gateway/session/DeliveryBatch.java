package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one read of the log brings to the sessions of one lane, in the log's order: messages with their targets, and
 * between them the changes that take effect at that place in the order. Filled by the source's thread, then run once by
 * the lane's.
 */
public final class DeliveryBatch {

    private static final Logger log = LoggerFactory.getLogger(DeliveryBatch.class);

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
                change((Runnable) items.get(i));
            } else {
                PublishRecord message = (PublishRecord) items.get(i);
                for (DeliveryTarget target : to) {
                    deliver(message, target);
                }
            }
        }
    }

    private static void change(Runnable change) {
        try {
            change.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log("A change of subscriptions failed because of a defect");
        }
    }

    /** A defect that shows with one session must not cost the others their messages. */
    private static void deliver(PublishRecord message, DeliveryTarget target) {
        try {
            target.deliver(message);
        } catch (RuntimeException | Error e) {
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
