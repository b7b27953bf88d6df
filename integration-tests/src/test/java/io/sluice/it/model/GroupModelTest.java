package io.sluice.it.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random interleavings, deaths and pauses against the promises of shared subscriptions. */
class GroupModelTest {

    private static final int STEPS = 6_000;
    private static final long FIRST = Long.getLong("sluice.model.first", 0);
    private static final long RUNS = FIRST + Long.getLong("sluice.model.runs", 150);

    /** Durable members are at QoS 2, others at QoS 1. */
    @Test
    void aGroupLosesNothingAndItsMembersGetNothingTwiceAtQos0And2() {
        for (long seed = FIRST; seed < RUNS; seed++) {
            GroupWorld world = run(seed, GroupWorld.Members.MIXED);
            List<String> faults = new ArrayList<>();
            for (int p = 0; p < GroupWorld.PARTITIONS; p++) {
                for (PublishRecord message : world.log(p)) {
                    int number = Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
                    if (message.qos() != Qos.AT_MOST_ONCE
                            && world.members.stream().noneMatch(member -> member.got.containsKey(number))) {
                        faults.add("nobody got " + number + " at " + p + ":" + message.offset());
                    }
                }
            }
            faults.addAll(twice(world));
            faults.addAll(unrest(world));
            check(seed, world, faults);
        }
    }

    /** A message may be lost with the connection that it was on its way to, but no second member gets it. */
    @Test
    void membersWithoutSessionsGetNothingTwiceAtQos0And2() {
        for (long seed = FIRST; seed < RUNS; seed++) {
            GroupWorld world = run(seed, GroupWorld.Members.CLEAN);
            List<String> faults = twice(world);
            check(seed, world, faults);
        }
    }

    /** What was on its way to a session that has ended is lost with it, but it goes to nobody else, and nothing remains of it. */
    @Test
    void sessionsThatEndTakeTheirPlaceInTheGroupWithThem() {
        for (long seed = FIRST; seed < RUNS; seed++) {
            GroupWorld world = run(seed, GroupWorld.Members.FORGETFUL);
            List<String> faults = twice(world);
            faults.addAll(unrest(world));
            check(seed, world, faults);
        }
    }

    private static List<String> unrest(GroupWorld world) {
        List<String> faults = world.forgottenHolds();
        if (!world.isAtRest()) {
            faults.add("something is never settled");
        }
        return faults;
    }

    private static GroupWorld run(long seed, GroupWorld.Members members) {
        GroupWorld world = new GroupWorld(seed, members);
        for (int i = 0; i < STEPS; i++) {
            world.chaos();
        }
        world.settle();
        return world;
    }

    private static List<String> twice(GroupWorld world) {
        Map<Integer, Integer> times = new HashMap<>();
        world.members.forEach(member -> member.gotOnce.forEach(number -> times.merge(number, 1, Integer::sum)));
        List<String> faults = new ArrayList<>();
        times.forEach((number, count) -> {
            if (count > 1) {
                faults.add(number + " came " + count + " times at QoS 0 or 2");
            }
        });
        return faults;
    }

    private static void check(long seed, GroupWorld world, List<String> faults) {
        assertThat(faults)
                .as("seed %d%n%s%n%s", seed, String.join("\n", world.history), world.describe())
                .isEmpty();
    }
}
