package io.sluice.bench.mqtt;

import io.netty.buffer.ByteBuf;

/**
 * The first bytes of each payload, few enough for the smallest payloads that are worth measuring: sequence number (4
 * bytes), time of sending in microseconds (4), publisher's number (2). Sequence and time are cut to 32 bits and
 * completed by the reader, who knows roughly what they must be.
 */
public final class Stamp {

    /** The length of a stamp. */
    public static final int BYTES = 10;

    private static final int TIME_AT = 4;
    private static final int PUBLISHER_AT = 8;
    private static final long MASK = 0xFFFF_FFFFL;

    private Stamp() {}

    static void setPublisher(byte[] packet, int payloadAt, int publisher) {
        packet[payloadAt + PUBLISHER_AT] = (byte) (publisher >>> 8);
        packet[payloadAt + PUBLISHER_AT + 1] = (byte) publisher;
    }

    static void set(ByteBuf out, int payloadAt, long sequence, long micros) {
        out.setInt(payloadAt, (int) sequence);
        out.setInt(payloadAt + TIME_AT, (int) micros);
    }

    /** The publisher's number. */
    public static int publisher(ByteBuf in, int payloadAt) {
        return in.getUnsignedShort(payloadAt + PUBLISHER_AT);
    }

    /**
     * The sequence number.
     *
     * @param near one that is less than two thousand million away
     */
    public static long sequence(ByteBuf in, int payloadAt, long near) {
        return near + (in.getInt(payloadAt) - (int) near);
    }

    /**
     * The intended time of sending in microseconds.
     *
     * @param now the time of the same clock, less than 71 minutes later
     */
    public static long micros(ByteBuf in, int payloadAt, long now) {
        return now - ((now - in.getInt(payloadAt + TIME_AT)) & MASK);
    }
}
