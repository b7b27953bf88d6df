package io.sluice.gateway;

import io.sluice.gateway.group.GroupLimits;
import io.sluice.kit.config.Require;
import io.sluice.kit.config.Setting;
import java.time.Duration;

/**
 * Groups of shared subscriptions.
 *
 * @param groups 1 or more
 * @param window 1 to 65,535
 * @param waitingMessages 2 or more
 * @param unsettledMessages 1 to 100,000
 * @param bytes 1 MiB or more
 * @param releaseTimeout 10 ms to a minute
 */
public record GroupsConfig(
        @Setting(
                value = "10000",
                unit = "groups",
                doc = "Groups that this gateway may have members of; a subscription to a further one is refused.")
        int groups,

        @Setting(
                value = "256",
                unit = "messages",
                doc = "Messages on their way to one member of a group; its own receive maximum may be lower. While all"
                        + " members have as many, the group keeps its place in the log.")
        int window,

        @Setting(
                value = "1000",
                unit = "messages",
                doc = "Messages that are read ahead of the members, for each partition of the log and group.")
        int waitingMessages,

        @Setting(
                value = "10000",
                unit = "messages",
                doc = "Messages that members have not acknowledged, for each partition of the log and group.")
        int unsettledMessages,

        @Setting(
                value = "67108864",
                unit = "bytes",
                doc = "Messages of all groups that are read ahead of the members or that these have not acknowledged;"
                        + " beyond it one partition of a group reads one message ahead.")
        long bytes,

        @Setting(
                value = "2s",
                doc =
                        "How long members have to acknowledge what they have before a partition of the log goes to another"
                                + " gateway, where it is sent again otherwise.")
        Duration releaseTimeout) {

    private static final int MAX_16_BITS = 0xFFFF;

    /** Checks the ranges. */
    public GroupsConfig {
        Require.range("groups", groups, 1, 1 << 20);
        Require.range("window", window, 1, MAX_16_BITS);
        Require.range("waitingMessages", waitingMessages, 2, 1 << 20);
        Require.range("unsettledMessages", unsettledMessages, 1, 100_000);
        Require.range("bytes", bytes, 1 << 20, 1L << 40);
        Require.between("releaseTimeout", releaseTimeout, Duration.ofMillis(10), Duration.ofMinutes(1));
    }

    /** What groups may take, with the time for which acknowledgements gather. */
    public GroupLimits limits(Duration settleInterval) {
        return new GroupLimits(
                window,
                waitingMessages,
                unsettledMessages,
                bytes,
                releaseTimeout.toMillis(),
                settleInterval.toMillis());
    }
}
