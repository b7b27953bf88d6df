package io.sluice.gateway.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks where the log ends now. One request is under way at a time, and all who ask meanwhile share the next one, so that a
 * storm of SUBSCRIBEs costs a few requests. Thread-safe.
 */
final class LogEnd {

    private static final Logger log = LoggerFactory.getLogger(LogEnd.class);
    private static final long RETRY_MS = 200;

    private final Admin admin;
    private final List<TopicPartition> partitions;
    private final ScheduledExecutorService timer;
    private List<Consumer<long[]>> waiting = new ArrayList<>();
    private boolean underWay;

    LogEnd(Admin admin, List<TopicPartition> partitions, ScheduledExecutorService timer) {
        this.admin = admin;
        this.partitions = partitions;
        this.timer = timer;
    }

    /**
     * Tells the end offset of each partition at or after this call, as soon as Kafka answers; in the order of the calls.
     *
     * @param callback called on a thread of Kafka's client, not to be blocked
     */
    void ask(Consumer<long[]> callback) {
        synchronized (this) {
            waiting.add(callback);
            if (underWay) {
                return;
            }
            underWay = true;
        }
        request();
    }

    private void request() {
        List<Consumer<long[]>> asked;
        synchronized (this) {
            asked = waiting;
            waiting = new ArrayList<>();
        }
        request(asked);
    }

    private void request(List<Consumer<long[]>> asked) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        admin.listOffsets(latest).all().whenComplete((offsets, failure) -> {
            if (failure == null) {
                answer(asked, offsets);
            } else {
                log.atDebug().setCause(failure).log("The end of the log is not known; asking again");
                timer.schedule(() -> request(asked), RETRY_MS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void answer(List<Consumer<long[]>> asked, Map<TopicPartition, ListOffsetsResultInfo> offsets) {
        long[] ends = new long[partitions.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = offsets.get(partitions.get(i)).offset();
        }
        asked.forEach(callback -> callback.accept(ends));
        synchronized (this) {
            if (waiting.isEmpty()) {
                underWay = false;
                return;
            }
        }
        request();
    }
}
