package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.PublishRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What {@link RetainedTopology} needs of the log: messages that are retained, and what it has to tell of since nobody understands it. */
public final class RetainedSieve implements Sieve {

    @Override
    public boolean keeps(ConsumerRecord<byte[], byte[]> record) {
        try {
            return PublishRecord.decode(record).retain();
        } catch (DamagedRecordException e) {
            return true;
        }
    }

    @Override
    public void sifted(int partition, long end, int leftOut) {}
}
