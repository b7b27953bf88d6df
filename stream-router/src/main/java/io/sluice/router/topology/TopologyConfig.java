package io.sluice.router.topology;

import io.sluice.wire.Topics;
import java.time.Duration;

/**
 * What the topology depends on.
 *
 * @param topics the cluster's topics
 * @param clearedMarkerRetention how long it is remembered that a topic was cleared; more than 0. A writer that sleeps
 *     longer than this can bring a cleared message back
 * @param ids of the topics as they are now
 */
public record TopologyConfig(Topics topics, Duration clearedMarkerRetention, TopicIds ids) {}
