package io.sluice.gateway.kafka;

import io.sluice.gateway.session.DeliverySource.RetainedUse;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.TopicFilter;
import io.sluice.wire.TopicTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The retained message of each topic as of the tail's place in the log. Filled from {@code mqtt.retained} and from the log;
 * where they differ the higher offset wins. Owned by the tail's thread, but for {@link #use}.
 */
final class RetainedMessages {

    private static final TopicFilter ALL = new TopicFilter("#");

    private final TopicTree<PublishRecord> messages = new TopicTree<>();
    private volatile RetainedUse use = new RetainedUse(0, 0);
    private long bytes;
    /** While {@code mqtt.retained} is read: by topic, where in the log it was cleared. */
    private final Map<String, Long> cleared = new HashMap<>();

    /** How much there is; any thread. */
    RetainedUse use() {
        return use;
    }

    /** A message that is retained, or with an empty payload clears its topic ([MQTT-3.3.1-5] to [MQTT-3.3.1-7]). */
    void accept(PublishRecord message) {
        String topic = new String(message.topic(), StandardCharsets.UTF_8);
        PublishRecord present = messages.get(topic);
        if (present != null && present.offset() > message.offset()) {
            return;
        }
        if (message.payload().length == 0) {
            messages.remove(topic);
        } else {
            messages.put(topic, message);
            bytes += size(message);
        }
        if (present != null) {
            bytes -= size(present);
        }
        use = new RetainedUse(messages.size(), bytes);
    }

    /**
     * A record of {@code mqtt.retained}, where one router that had hung may have written something old behind another's
     * tombstone: the higher offset wins there, too.
     */
    void acceptRetained(PublishRecord message) {
        String topic = new String(message.topic(), StandardCharsets.UTF_8);
        if (cleared.getOrDefault(topic, -1L) > message.offset()) {
            return;
        }
        if (message.payload().length == 0) {
            cleared.put(topic, message.offset());
        }
        accept(message);
    }

    /** {@code mqtt.retained} has been read to its end. */
    void retainedRead() {
        cleared.clear();
    }

    /** The messages of the topics that a filter matches, without those that have expired. */
    List<PublishRecord> matching(TopicFilter filter, long nowMillis) {
        List<PublishRecord> found = new ArrayList<>();
        messages.match(filter, message -> {
            if (!message.isExpired(nowMillis)) {
                found.add(message);
            }
        });
        return found;
    }

    /** Forgets what stands in one partition of the log. */
    void forgetPartition(int partition) {
        List<PublishRecord> all = new ArrayList<>();
        messages.match(ALL, all::add);
        for (PublishRecord message : all) {
            if (message.partition() == partition) {
                messages.remove(new String(message.topic(), StandardCharsets.UTF_8));
                bytes -= size(message);
            }
        }
        use = new RetainedUse(messages.size(), bytes);
    }

    private static long size(PublishRecord message) {
        return message.weight();
    }
}
