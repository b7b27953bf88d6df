package io.sluice.gateway.kafka;

import io.sluice.gateway.group.GroupLimits;
import io.sluice.wire.Heartbeat;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;

/**
 * What groups need beside the tail.
 *
 * @param producer writes commands; owned by somebody else
 * @param commands the topic of commands
 * @param reader reads what the tail has passed
 * @param retention of the log
 * @param identity the gateway's present incarnation and slot
 * @param lease see {@link io.sluice.gateway.group.GroupLink#lease}
 * @param maxGroups groups that the gateway may have members of
 */
record GroupServices(
        Producer<byte[], byte[]> producer,
        String commands,
        GroupReader reader,
        LogRetention retention,
        Supplier<Heartbeat> identity,
        LongSupplier lease,
        int maxGroups,
        GroupLimits limits) {}
