package io.sluice.bench.load;

/**
 * A run of messages.
 *
 * @param publishers 1 to 65,536
 * @param subscribers 1 or more
 * @param groups clients fall into so many groups by their number; each subscriber receives what the publishers of its
 *     group send
 * @param topicsPerPublisher 1 to 10,000,000
 * @param shared each group's subscribers share one subscription: each message is to come to one of them, in whichever order;
 *     needs one event loop, where all of them are looked at together, and none that stop
 * @param stopped 0 or more further subscribers, each at QoS 0 and to the same as one of the others, that read nothing once
 *     they have subscribed; what they do not receive is not lost
 * @param load how messages flow
 * @param brokers where to
 */
public record TrafficPlan(
        int publishers,
        int subscribers,
        int groups,
        int topicsPerPublisher,
        boolean shared,
        int stopped,
        Load load,
        Brokers brokers) {

    private static final int MAX_STOPPED = 100_000;

    /** Checks the ranges that no part of the run checks. */
    public TrafficPlan {
        Require.range("subscribers that stop reading", stopped, 0, MAX_STOPPED);
        Require.that(!shared || brokers.eventLoops() == 1, "a shared subscription is followed on one event loop");
        Require.that(
                !shared || stopped == 0, "what members of a shared subscription do not read is lost to all of them");
    }
}
