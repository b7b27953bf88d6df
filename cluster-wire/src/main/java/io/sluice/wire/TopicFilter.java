package io.sluice.wire;

import java.nio.charset.StandardCharsets;

/**
 * A topic filter: what a subscription asks for, with its wildcards checked (MQTT 5.0 section 4.7.1). A value; equal
 * when the text is.
 *
 * @param text the filter as the client wrote it, 1 to 65,535 bytes of UTF-8
 */
public record TopicFilter(String text) {

    private static final String SHARED_PREFIX = "$share/";

    /**
     * Checks the filter.
     *
     * @throws IllegalArgumentException if it is empty, too long or a wildcard does not stand alone in its level
     */
    public TopicFilter {
        String flaw = flaw(text);
        if (flaw != null) {
            throw new IllegalArgumentException(flaw);
        }
    }

    /** What is wrong with a filter's text, or null ([MQTT-4.7.1-1], [MQTT-4.7.1-2], [MQTT-4.7.3-1], [MQTT-4.7.3-3]). */
    public static String flaw(String text) {
        if (text.isEmpty()) {
            return "topic filter is empty";
        }
        if (text.length() > 0xFFFF / 3 && text.getBytes(StandardCharsets.UTF_8).length > 0xFFFF) {
            return "topic filter is longer than 65535 bytes";
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "topic filter contains U+0000";
            }
            boolean startsLevel = i == 0 || text.charAt(i - 1) == '/';
            boolean endsText = i == text.length() - 1;
            if (c == '#' && !(startsLevel && endsText)) {
                return "'#' must be the last level of a topic filter";
            }
            if (c == '+' && !(startsLevel && (endsText || text.charAt(i + 1) == '/'))) {
                return "'+' must be a whole level of a topic filter";
            }
        }
        return null;
    }

    /** Whether the filter asks for a share of a group's messages ({@code $share/group/filter}, MQTT 5.0 section 4.8.2). */
    public static boolean isShared(String text) {
        return text.startsWith(SHARED_PREFIX);
    }

    /** The number of levels, empty ones included. */
    public int depth() {
        return levels().length;
    }

    String[] levels() {
        return TopicName.levels(text);
    }

    /**
     * Whether a topic name matches, wildcards and the rule for names that begin with {@code $} included
     * ([MQTT-4.7.2-1]). For one filter; use {@link FilterTrie} for many.
     */
    public boolean matches(String topicName) {
        char first = text.charAt(0);
        if ((first == '+' || first == '#') && topicName.startsWith("$")) {
            return false;
        }
        int at = 0;
        int inName = 0;
        // Level by level, without making anything: pages and the index ask this of each message.
        while (true) {
            if (at < text.length() && text.charAt(at) == '#') {
                return true;
            }
            int nameEnd = endOfLevel(topicName, inName);
            if (at < text.length() && text.charAt(at) == '+') {
                at++;
            } else {
                int length = endOfLevel(text, at) - at;
                if (length != nameEnd - inName || !text.regionMatches(at, topicName, inName, length)) {
                    return false;
                }
                at += length;
            }
            if (at == text.length()) {
                return nameEnd == topicName.length();
            }
            at++;
            if (nameEnd == topicName.length()) {
                return at < text.length() && text.charAt(at) == '#';
            }
            inName = nameEnd + 1;
        }
    }

    private static int endOfLevel(String name, int start) {
        int end = name.indexOf('/', start);
        return end < 0 ? name.length() : end;
    }

    @Override
    public String toString() {
        return text;
    }
}
