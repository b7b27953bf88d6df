package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class ClientPartitionsTest {

    @Test
    void areThoseThatKafkasProducerChooses() {
        Random random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            byte[] clientId = new byte[random.nextInt(40)];
            random.nextBytes(clientId);
            int partitions = 1 + random.nextInt(1_000);

            assertThat(ClientPartitions.of(clientId, partitions))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(clientId, partitions));
        }
    }
}
