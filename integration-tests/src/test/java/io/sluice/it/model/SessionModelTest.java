package io.sluice.it.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PublishRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings, deaths and pauses against the promises of durable sessions, and of clients without one: one connection for
 * each client id, wills that survive their gateway, nothing known of who is gone.
 */
class SessionModelTest {

    private static final int STEPS = 4_000;

    @Test
    void sessionsKeepTheirPromisesHoweverThingsInterleave() {
        for (long seed = 0; seed < Long.getLong("sluice.model.runs", 200); seed++) {
            run(seed);
        }
    }

    static void run(long seed) {
        SessionWorld world = new SessionWorld(seed);
        for (int i = 0; i < STEPS; i++) {
            world.chaos();
        }
        world.settle();
        List<String> faults = new ArrayList<>(world.presenceFaults());
        faults.addAll(world.faults());
        for (ModelClient client : world.clients) {
            faults.addAll(client.faults);
            check(world, client, faults);
        }
        assertThat(faults)
                .as("seed %d%n%s", seed, String.join("\n", world.history))
                .isEmpty();
    }

    private static void check(SessionWorld world, ModelClient client, List<String> faults) {
        client.subscribedAt()
                .forEach((topic, from) -> client.due.add(new ModelClient.Due(topic, from, world.logEnds())));
        List<String> missing = new ArrayList<>();
        for (ModelClient.Due subscription : client.due) {
            Set<Integer> got = new LinkedHashSet<>();
            for (int qos = 1; qos <= 2; qos++) {
                got.addAll(client.delivered.getOrDefault(subscription.topic() + "@" + qos, List.of()));
            }
            for (int p = 0; p < SessionWorld.PARTITIONS; p++) {
                for (PublishRecord message : world.log(p)) {
                    int number = Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
                    boolean isDue = new String(message.topic(), StandardCharsets.UTF_8).equals(subscription.topic())
                            && message.offset() >= subscription.from()[p]
                            && message.offset() < subscription.to()[p];
                    boolean mayExpire = message.properties().messageExpirySeconds() >= 0;
                    if (isDue && !mayExpire && !got.contains(number)) {
                        missing.add(client.id() + " did not get " + number + " of " + subscription.topic() + " at " + p
                                + ":" + message.offset() + ": " + world.describe(client.id()));
                    }
                }
            }
        }
        // What a limit has dropped may have come all the same.
        if (missing.size() > world.drops(client.id())) {
            faults.addAll(missing);
        }
        client.delivered.forEach((topic, numbers) -> {
            int highest = -1;
            Set<Integer> seen = new LinkedHashSet<>();
            for (int number : numbers) {
                if (seen.add(number) && number < highest) {
                    faults.add(client.id() + " got " + number + " of " + topic + " after " + highest);
                }
                highest = Math.max(highest, number);
            }
        });
        if (world.entries(client.id()) > 0) {
            faults.add(client + " is not at rest: " + world.describe(client.id()));
        }
    }
}
