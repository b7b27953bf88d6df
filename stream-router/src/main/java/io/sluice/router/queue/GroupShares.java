package io.sluice.router.queue;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which gateway is to serve which partitions of the log for a group: as many as it has a share of the members, rounded up or
 * down, and as few other ones than now as that allows. A pure function: the same for whoever asks.
 */
final class GroupShares {

    private GroupShares() {}

    /**
     * The gateway that is to have each partition.
     *
     * @param present who has it now; null, or somebody without members, for nobody
     * @param members how many each gateway has, 1 or more
     * @return as long as {@code present}; nulls if there is no gateway
     */
    static String[] of(String[] present, SortedMap<String, Integer> members) {
        String[] wanted = present.clone();
        if (members.isEmpty()) {
            Arrays.fill(wanted, null);
            return wanted;
        }
        Map<String, Share> shares = new TreeMap<>();
        long all = members.values().stream().mapToLong(Integer::intValue).sum();
        members.forEach((gateway, count) -> shares.put(gateway, new Share((long) count * wanted.length, all)));
        for (int p = 0; p < wanted.length; p++) {
            Share share = wanted[p] == null ? null : shares.get(wanted[p]);
            if (share == null || share.has >= share.most()) {
                wanted[p] = null; // Nobody has it, or somebody who has too many.
            } else {
                share.has++;
            }
        }
        for (int p = 0; p < wanted.length; p++) {
            if (wanted[p] == null) {
                wanted[p] = neediest(shares);
                shares.get(wanted[p]).has++;
            }
        }
        levelUp(wanted, shares);
        return wanted;
    }

    /** The one that lacks most of its share; the first by name of several. */
    private static String neediest(Map<String, Share> shares) {
        String neediest = null;
        for (Map.Entry<String, Share> entry : shares.entrySet()) {
            if (neediest == null
                    || entry.getValue().lack() > shares.get(neediest).lack()) {
                neediest = entry.getKey();
            }
        }
        return neediest;
    }

    /** Gives those who have less than their share, rounded down, what others have beyond theirs. */
    private static void levelUp(String[] wanted, Map<String, Share> shares) {
        String poorest = neediest(shares);
        while (shares.get(poorest).has < shares.get(poorest).least()) {
            String richest = null;
            for (Map.Entry<String, Share> entry : shares.entrySet()) {
                if (richest == null
                        || entry.getValue().lack() < shares.get(richest).lack()) {
                    richest = entry.getKey();
                }
            }
            for (int p = wanted.length - 1; p >= 0; p--) {
                if (wanted[p].equals(richest)) {
                    wanted[p] = poorest;
                    break;
                }
            }
            shares.get(richest).has--;
            shares.get(poorest).has++;
            poorest = neediest(shares);
        }
    }

    /** What a gateway has, and what it is due: a fraction. */
    private static final class Share {
        private final long due;
        private final long of;
        private int has;

        Share(long due, long of) {
            this.due = due;
            this.of = of;
        }

        long least() {
            return due / of;
        }

        long most() {
            return (due + of - 1) / of;
        }

        /** What it lacks, in parts of a partition. */
        long lack() {
            return due - has * of;
        }
    }
}
