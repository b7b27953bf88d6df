package io.sluice.router.queue;

/** What happens in the queue stage, for metrics. Called by the stream threads, several at once. */
public interface QueueEvents {

    /** A record of a topic was read. */
    void read(String topic);

    /** A record was written to a topic. */
    void written(String topic);

    /** An answer to a gateway's attach or pull was sent. */
    void pageSent();

    /** A match led to no entry. */
    void passedOver(PassedOver reason);

    /** A message was dropped from the queue of a session, or not queued. */
    void dropped(DropReason reason);

    /** How much is queued in a partition of clients. */
    void size(int partition, QueueSize size);

    /** So many groups of shared subscriptions are known in a partition. */
    void groups(int partition, int groups);

    /** What a gateway wrote about a group came too late to count. */
    void groupCommandRefused();

    /** A partition is no longer this process's. */
    void left(int partition);

    /** A record of a topic could not be understood. */
    void damaged(String topic);
}
