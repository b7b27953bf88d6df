package io.sluice.wire;

/** The rules for UTF-8 encoded strings in MQTT packets (MQTT 5.0 section 1.5.4), checked on the bytes as they arrived. */
public final class Utf8 {

    private Utf8() {}

    /**
     * Whether the bytes are a well-formed MQTT string: no overlong forms, no code points between U+D800 and U+DFFF, none
     * above U+10FFFF, and no U+0000 ([MQTT-1.5.4-1], [MQTT-1.5.4-2]).
     */
    public static boolean isWellFormed(byte[] bytes) {
        int i = 0;
        while (i < bytes.length) {
            int b = bytes[i];
            if (b > 0) {
                i++;
            } else {
                int length = sequenceLength(bytes, i);
                if (length == 0) {
                    return false;
                }
                i += length;
            }
        }
        return true;
    }

    /** The length of the multi-byte sequence at an index, 0 if it is malformed or U+0000. */
    private static int sequenceLength(byte[] bytes, int i) {
        int lead = bytes[i] & 0xFF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            return isContinuation(bytes, i + 1) ? 2 : 0;
        }
        if ((lead & 0xF0) == 0xE0) {
            return isContinuation(bytes, i + 1)
                            && isContinuation(bytes, i + 2)
                            && isThreeByteCodePoint(lead, bytes[i + 1])
                    ? 3
                    : 0;
        }
        if (lead >= 0xF0 && lead <= 0xF4) {
            return isContinuation(bytes, i + 1)
                            && isContinuation(bytes, i + 2)
                            && isContinuation(bytes, i + 3)
                            && isFourByteCodePoint(lead, bytes[i + 1])
                    ? 4
                    : 0;
        }
        return 0;
    }

    /** Rules out overlong forms (below U+0800) and the surrogates. */
    private static boolean isThreeByteCodePoint(int lead, byte second) {
        int s = second & 0xFF;
        return (lead != 0xE0 || s >= 0xA0) && (lead != 0xED || s < 0xA0);
    }

    /** Rules out overlong forms (below U+10000) and what lies above U+10FFFF. */
    private static boolean isFourByteCodePoint(int lead, byte second) {
        int s = second & 0xFF;
        return (lead != 0xF0 || s >= 0x90) && (lead != 0xF4 || s < 0x90);
    }

    private static boolean isContinuation(byte[] bytes, int i) {
        return i < bytes.length && (bytes[i] & 0xC0) == 0x80;
    }
}
