package io.sluice.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.DeliveryTarget;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RememberedTargetsTest {

    private final RememberedTargets remembered = new RememberedTargets();

    private static byte[] topic(int number) {
        return ("topic/" + number).getBytes(StandardCharsets.UTF_8);
    }

    private static DeliveryTarget[][] targets(int count) {
        return new DeliveryTarget[][] {{}, new DeliveryTarget[count]};
    }

    private long known(int topics) {
        long known = 0;
        for (int i = 0; i < topics; i++) {
            known += remembered.get(topic(i)) == null ? 0 : 1;
        }
        return known;
    }

    @Test
    void findsWhatWasPutByTheBytesOfTheTopic() {
        DeliveryTarget[][] targets = targets(1);
        remembered.put(topic(1), targets);

        assertThat(remembered.get(topic(1))).isSameAs(targets);
        assertThat(remembered.get(topic(2))).isNull();
    }

    @Test
    void forgetsAll() {
        remembered.put(topic(1), targets(1));
        remembered.clear();

        assertThat(remembered.get(topic(1))).isNull();
    }

    @Test
    void holdsAsManyTopicsAsItMay() {
        for (int i = 0; i < 120_000; i++) {
            remembered.put(topic(i), targets(0));
        }

        assertThat(known(120_000)).isBetween(1L, 50_000L);
        assertThat(remembered.get(topic(119_999))).isNotNull();
    }

    @Test
    void holdsFewerTopicsOfManySubscribers() {
        int subscribers = 10_000;
        for (int i = 0; i < 1_000; i++) {
            remembered.put(topic(i), targets(subscribers));
        }

        assertThat(known(1_000) * subscribers).isBetween(1L, 2_000_000L);
        assertThat(remembered.get(topic(999))).isNotNull();
    }
}
