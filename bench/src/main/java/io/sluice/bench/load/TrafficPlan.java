package io.sluice.bench.load;

/**
 * A run of messages.
 *
 * @param publishers 1 to 65,536
 * @param subscribers 1 or more
 * @param groups clients fall into so many groups by their number; each subscriber receives what the publishers of its
 *     group send
 * @param topicsPerPublisher 1 to 10,000,000
 * @param load how messages flow
 * @param brokers where to
 */
public record TrafficPlan(
        int publishers, int subscribers, int groups, int topicsPerPublisher, Load load, Brokers brokers) {}
