package io.sluice.router.matching;

import io.sluice.router.topology.Sieve;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the match stage needs of the log: messages that some filter of the table wants, and those with unique ids, which it
 * remembers. A filter that comes into the table later was not asked about what was sifted before, so tasks look back for it as far
 * as {@link #siftedBelow}, not only to where they are. Thread-safe.
 */
public final class MatchSieve implements Sieve {

    private final SubscriptionTable table;
    private final MatchEvents events;
    private final AtomicLongArray siftedBelow;

    /** Nothing is sifted yet. */
    public MatchSieve(int partitions, SubscriptionTable table, MatchEvents events) {
        this.table = table;
        this.events = events;
        siftedBelow = new AtomicLongArray(partitions);
    }

    @Override
    public boolean keeps(ConsumerRecord<byte[], byte[]> record) {
        PublishRecord message;
        try {
            message = PublishRecord.decode(record);
        } catch (DamagedRecordException e) {
            return false; // The stage that keeps what is retained tells of it.
        }
        return message.uniqueId() != null || table.isWanted(message);
    }

    @Override
    public void sifted(int partition, long end, int leftOut) {
        events.messagesLeftOut(leftOut);
        siftedBelow.set(partition, end);
    }

    /** The first offset of a log partition that nobody has looked at. */
    long siftedBelow(int partition) {
        return siftedBelow.get(partition);
    }
}
