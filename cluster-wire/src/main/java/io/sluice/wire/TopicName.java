package io.sluice.wire;

/**
 * Topic names: what a message is published to (MQTT 5.0 section 4.7). They stay bytes on the path from the socket to the
 * log, where a name is the record's key as it arrived.
 */
public final class TopicName {

    private TopicName() {}

    /**
     * Whether the bytes can be the topic name of a message: well-formed, not empty, no longer than 65,535 bytes, without
     * wildcards ([MQTT-4.7.3-1] to [MQTT-4.7.3-3], [MQTT-3.3.2-2]).
     */
    public static boolean isValid(byte[] utf8) {
        if (utf8.length == 0 || utf8.length > 0xFFFF) {
            return false;
        }
        for (byte b : utf8) {
            if (b == '+' || b == '#') {
                return false;
            }
        }
        return Utf8.isWellFormed(utf8);
    }

    /** The number of levels in a name or a filter: one more than it has separators. */
    public static int depth(byte[] utf8) {
        int depth = 1;
        for (byte b : utf8) {
            if (b == '/') {
                depth++;
            }
        }
        return depth;
    }

    /** Whether the name belongs to the server ({@code $SYS/…} and the like, MQTT 5.0 section 4.7.2). */
    public static boolean isReserved(byte[] utf8) {
        return utf8.length > 0 && utf8[0] == '$';
    }

    /** The levels of a name or a filter, empty ones included. */
    static String[] levels(String name) {
        int depth = 1;
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '/') {
                depth++;
            }
        }
        String[] levels = new String[depth];
        int start = 0;
        for (int level = 0; level < depth; level++) {
            int end = name.indexOf('/', start);
            levels[level] = name.substring(start, end < 0 ? name.length() : end);
            start = end + 1;
        }
        return levels;
    }
}
