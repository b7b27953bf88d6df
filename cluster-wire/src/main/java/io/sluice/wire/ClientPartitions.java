package io.sluice.wire;

import org.apache.kafka.common.utils.Utils;

/** Where that which concerns a client stands in the topics that are placed by client id. */
public final class ClientPartitions {

    private ClientPartitions() {}

    /**
     * The partition of a client: the one that Kafka's producer chooses for the key.
     *
     * @param clientId as UTF-8
     * @param partitions of the topic, 1 or more
     */
    public static int of(byte[] clientId, int partitions) {
        return Utils.toPositive(Utils.murmur2(clientId)) % partitions;
    }
}
