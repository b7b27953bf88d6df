package io.sluice.examples.analytics;

/**
 * Messages that were counted.
 *
 * @param bytes of their payloads
 */
record Tally(long messages, long bytes) {

    static final Tally NOTHING = new Tally(0, 0);

    Tally with(byte[] payload) {
        return new Tally(messages + 1, bytes + (payload == null ? 0 : payload.length));
    }
}
