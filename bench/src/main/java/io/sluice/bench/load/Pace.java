package io.sluice.bench.load;

/** What a publisher without a fixed rate waits for before it sends beyond its window. */
public enum Pace {
    /** The server's acknowledgement; QoS 1 and 2. */
    ACKNOWLEDGED,
    /** That, and the receipt of the message by the slowest of its subscribers. */
    RECEIVED
}
