package io.sluice.router.queue;

import io.sluice.wire.Topics;
import java.time.Duration;
import java.util.List;

/**
 * What the queue stage depends on.
 *
 * @param topics the cluster's topics
 * @param topicIds Kafka's ids of the log and of what the stage reads, whose offsets stand in the state
 * @param commitInterval between commits that somebody waits for, such as a client for an answer
 * @param takeOverTimeout how long an attach waits for the connection before it
 * @param clockTolerance by how much the clocks of gateways may differ
 * @param groupKeep how long a group remains that durable sessions are members of while none is connected
 * @param pageMessages of one answer, 1 or more
 * @param pageBytes of one answer; a larger message stands alone
 * @param limits of the queue of one session
 * @param lagInterval how often it is told at most how far a session is behind
 * @param lagSessions of how many sessions, those farthest behind, metrics tell by name
 */
public record QueueConfig(
        Topics topics,
        List<String> topicIds,
        Duration commitInterval,
        Duration takeOverTimeout,
        Duration clockTolerance,
        Duration groupKeep,
        int pageMessages,
        int pageBytes,
        QueueLimits limits,
        Duration lagInterval,
        int lagSessions) {}
