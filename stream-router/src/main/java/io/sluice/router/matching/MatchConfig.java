package io.sluice.router.matching;

import io.sluice.wire.Topics;
import java.time.Duration;

/**
 * What the match stage depends on.
 *
 * @param topics the cluster's topics
 * @param markInterval how often the queue stage is told how far matching has come
 * @param uniqueIds how many unique ids of messages each task remembers, 1 or more
 */
public record MatchConfig(Topics topics, Duration markInterval, int uniqueIds) {}
