package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A group of clients that share the messages of a filter, {@code $share/name/filter} (MQTT 5.0 section 4.8.2). What concerns a
 * group has a key of its own, which no client id can be: a byte that UTF-8 does not have, then the name, a slash and the filter.
 *
 * @param name of the share, without {@code /}, {@code +} and {@code #}
 * @param filter whose messages the group's members share
 */
public record GroupId(String name, TopicFilter filter) {

    private static final String PREFIX = "$share/";
    private static final byte KEY_BEGINS = (byte) 0xFF;

    /**
     * What is wrong with the filter of a shared subscription, or null ([MQTT-4.8.2-1], [MQTT-4.8.2-2]).
     *
     * @param text for which {@link TopicFilter#isShared} holds
     */
    public static String flaw(String text) {
        int slash = text.indexOf('/', PREFIX.length());
        if (slash < 0) {
            return "shared subscription without a filter";
        }
        String name = text.substring(PREFIX.length(), slash);
        if (name.isEmpty()) {
            return "shared subscription without a name";
        }
        if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
            return "name of a share with a wildcard";
        }
        return TopicFilter.flaw(text.substring(slash + 1));
    }

    /**
     * The group of a shared subscription.
     *
     * @throws IllegalArgumentException if it has a {@link #flaw}
     */
    public static GroupId of(String text) {
        String flaw = flaw(text);
        if (flaw != null) {
            throw new IllegalArgumentException(flaw);
        }
        int slash = text.indexOf('/', PREFIX.length());
        return new GroupId(text.substring(PREFIX.length(), slash), new TopicFilter(text.substring(slash + 1)));
    }

    /** The group that a subscription is a share of, or null if it is an ordinary one. */
    public static GroupId ofShared(TopicFilter filter) {
        return TopicFilter.isShared(filter.text()) ? of(filter.text()) : null;
    }

    /** As a client subscribes to it. */
    public String text() {
        return PREFIX + name + "/" + filter.text();
    }

    /** The key of the group's records. */
    public byte[] key() {
        byte[] utf8 = (name + "/" + filter.text()).getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[1 + utf8.length];
        key[0] = KEY_BEGINS;
        System.arraycopy(utf8, 0, key, 1, utf8.length);
        return key;
    }

    /** The partition of the group in the topics that are placed by client id. */
    public int partition(int partitions) {
        return ClientPartitions.of(key(), partitions);
    }

    /** Whether a key is that of a group. */
    static boolean isKey(byte[] key) {
        return key != null && key.length > 0 && key[0] == KEY_BEGINS;
    }

    /** The group of a key. */
    static GroupId ofKey(byte[] key) throws DamagedRecordException {
        if (!isKey(key)) {
            throw new DamagedRecordException("the key is not that of a group");
        }
        byte[] utf8 = Arrays.copyOfRange(key, 1, key.length);
        if (!Utf8.isWellFormed(utf8)) {
            throw new DamagedRecordException("the key of a group is not well-formed UTF-8");
        }
        return checked(PREFIX + new String(utf8, StandardCharsets.UTF_8));
    }

    private static GroupId checked(String text) throws DamagedRecordException {
        String flaw = flaw(text);
        if (flaw != null) {
            throw new DamagedRecordException("group: " + flaw);
        }
        return of(text);
    }

    /** Writes the group. */
    public void write(WireWriter out) {
        out.string(name).string(filter.text());
    }

    /** Reads what {@link #write} wrote. */
    public static GroupId read(WireReader in) throws DamagedRecordException {
        return checked(PREFIX + in.string() + "/" + in.string());
    }

    @Override
    public String toString() {
        return text();
    }
}
