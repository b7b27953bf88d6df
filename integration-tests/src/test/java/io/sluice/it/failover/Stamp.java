package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * What a payload says of its message. It has 10 to 20,000 bytes: a checksum of the topic and of all that follows, the number, the
 * attempt, and what fills it up. So a payload that is cut, changed, or on a topic that is not its own cannot be read.
 *
 * @param number of the message, from 1; 0 for a payload of no bytes, which clears what is retained
 * @param attempt the connection on which its publisher sent it
 */
record Stamp(int number, int attempt) {

    /** What the payload says that cannot be read. */
    static final Stamp DAMAGED = new Stamp(-1, 0);

    private static final Stamp CLEAR = new Stamp(0, 0);
    private static final int SHORTEST = Integer.BYTES + Integer.BYTES + Short.BYTES;
    private static final int LONGEST = 20_000;

    /** The payload of a message; the same message has the same one. Mostly it is short. */
    static byte[] payload(String topic, int number, int attempt) {
        SplittableRandom random = new SplittableRandom(31L * topic.hashCode() + number);
        double share = Math.pow(random.nextDouble(), 3);
        byte[] payload = new byte[(int) Math.round(SHORTEST * Math.pow((double) LONGEST / SHORTEST, share))];
        random.nextBytes(payload);
        ByteBuffer.wrap(payload).position(Integer.BYTES).putInt(number).putShort((short) attempt);
        ByteBuffer.wrap(payload).putInt(checksum(topic, payload));
        return payload;
    }

    /** Reads a payload. */
    static Stamp of(String topic, byte[] payload) {
        if (payload.length == 0) {
            return CLEAR;
        }
        if (payload.length < SHORTEST) {
            return DAMAGED;
        }
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        return bytes.getInt() == checksum(topic, payload)
                ? new Stamp(bytes.getInt(), Short.toUnsignedInt(bytes.getShort()))
                : DAMAGED;
    }

    private static int checksum(String topic, byte[] payload) {
        CRC32 checksum = new CRC32();
        checksum.update(topic.getBytes(UTF_8));
        checksum.update(payload, Integer.BYTES, payload.length - Integer.BYTES);
        return (int) checksum.getValue();
    }

    /** Whether it could be read. */
    boolean isWhole() {
        return !equals(DAMAGED);
    }
}
