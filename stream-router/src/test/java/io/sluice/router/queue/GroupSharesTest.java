package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupSharesTest {

    @Test
    void nobodyServesAGroupWithoutMembers() {
        assertThat(GroupShares.of(new String[] {"a", null}, new TreeMap<>())).containsOnlyNulls();
    }

    @Test
    void aSecondGatewayGetsHalfAndTheFirstKeepsTheOther() {
        SortedMap<String, Integer> members = new TreeMap<>();
        members.put("a", 1);
        String[] alone = GroupShares.of(new String[6], members);
        assertThat(alone).containsOnly("a");

        members.put("b", 1);
        String[] both = GroupShares.of(alone, members);
        assertThat(both).containsExactly("a", "a", "a", "b", "b", "b");
    }

    @Test
    void moreMembersServeMore() {
        SortedMap<String, Integer> members = new TreeMap<>();
        members.put("a", 9);
        members.put("b", 3);

        assertThat(Arrays.stream(GroupShares.of(new String[12], members)).filter("a"::equals))
                .hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void isBalancedStickyAndMovesNoMoreThanItMust(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            String[] present = new String[1 + random.nextInt(24)];
            for (int p = 0; p < present.length; p++) {
                int owner = random.nextInt(6);
                present[p] = owner == 5 ? null : "g" + owner;
            }
            SortedMap<String, Integer> members = new TreeMap<>();
            for (int g = 0; g < 5; g++) {
                if (random.nextInt(3) > 0) {
                    members.put("g" + g, 1 + random.nextInt(20));
                }
            }
            if (members.isEmpty()) {
                continue;
            }
            String[] wanted = GroupShares.of(present, members);

            check(present, members, wanted);
            assertThat(GroupShares.of(wanted, members)).as("stays").isEqualTo(wanted);
            assertThat(GroupShares.of(present, members)).as("deterministic").isEqualTo(wanted);
        }
    }

    private static void check(String[] present, SortedMap<String, Integer> members, String[] wanted) {
        long all = members.values().stream().mapToLong(Integer::intValue).sum();
        long surplus = 0;
        long lack = 0;
        long homeless = Arrays.stream(present)
                .filter(owner -> owner == null || !members.containsKey(owner))
                .count();
        for (String gateway : members.keySet()) {
            long least = (long) members.get(gateway) * wanted.length / all;
            long most = ((long) members.get(gateway) * wanted.length + all - 1) / all;
            long has = Arrays.stream(wanted).filter(gateway::equals).count();
            long had = Arrays.stream(present).filter(gateway::equals).count();
            assertThat(has).isBetween(least, most);
            surplus += Math.max(0, had - most);
            lack += Math.max(0, least - had);
        }
        long moves = 0;
        for (int p = 0; p < wanted.length; p++) {
            assertThat(members).containsKey(wanted[p]);
            moves += !Objects.equals(present[p], wanted[p]) && members.containsKey(String.valueOf(present[p])) ? 1 : 0;
        }
        assertThat(moves).isLessThanOrEqualTo(Math.max(surplus, lack - homeless));
    }
}
