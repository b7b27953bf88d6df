package io.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PacketIdsTest {

    @Test
    @Normative({"MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT311-2.3.1-4"})
    void neverGivesAnIdentifierThatIsInFlightThroughManyWraps() {
        Random random = new Random(1);
        PacketIds ids = new PacketIds(1_000);
        List<Integer> inFlight = new ArrayList<>();
        Set<Integer> set = new HashSet<>();
        for (int step = 0; step < 500_000; step++) {
            if (ids.hasRoom() && random.nextInt(100) < 52) {
                int id = ids.take(PacketIds.Awaiting.PUBACK);
                assertThat(id).isBetween(1, 0xFFFF);
                assertThat(set.add(id)).as("identifier %d is free", id).isTrue();
                inFlight.add(id);
            } else if (!inFlight.isEmpty()) {
                // Some stay in flight for long, so that the others wrap around them.
                int index = random.nextInt(Math.min(inFlight.size(), 1 + random.nextInt(inFlight.size())));
                int id = inFlight.remove(inFlight.size() - 1 - index);
                assertThat(ids.state(id)).isEqualTo(PacketIds.Awaiting.PUBACK);
                ids.free(id);
                set.remove(id);
                assertThat(ids.state(id)).isNull();
            }
            assertThat(ids.inFlight()).isEqualTo(inFlight.size());
        }
    }

    @Test
    void canHaveAllIdentifiersInFlight() {
        PacketIds ids = new PacketIds(0xFFFF);
        Set<Integer> taken = new HashSet<>();
        while (ids.hasRoom()) {
            taken.add(ids.take(PacketIds.Awaiting.PUBREC));
        }
        assertThat(taken).hasSize(0xFFFF);
    }

    @Test
    void knowsOnlyWhatIsInFlight() {
        PacketIds ids = new PacketIds(10);
        assertThat(ids.state(1)).isNull();
        int id = ids.take(PacketIds.Awaiting.PUBREC);
        ids.released(id);
        assertThat(ids.state(id)).isEqualTo(PacketIds.Awaiting.PUBCOMP);
        assertThat(ids.state(id + 8)).as("another one of the same slot").isNull();
    }
}
