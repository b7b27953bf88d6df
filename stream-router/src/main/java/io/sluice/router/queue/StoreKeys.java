package io.sluice.router.queue;

import io.sluice.wire.GroupId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/**
 * The keys of the stage's state store. The first byte tells what a key leads to; numbers are big-endian, so that entries lie in
 * the order of their offsets.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><th>byte</th><th>then</th><th>leads to</th></tr>
 * <tr><td>{@code C}</td><td>client id</td><td>{@link ClientState}</td></tr>
 * <tr><td>{@code E}</td><td>length of the client id (4), client id, log partition (4), offset (8)</td><td>{@link Entry}</td></tr>
 * <tr><td>{@code S}</td><td>log partition (4), offset (8), client id</td><td>nothing: that entry is settled</td></tr>
 * <tr><td>{@code M}</td><td>log partition (4)</td><td>{@link Mark}</td></tr>
 * <tr><td>{@code B}</td><td>log partition (4)</td><td>an offset below which all entries of the partition stand</td></tr>
 * <tr><td>{@code G}</td><td></td><td>{@link LostGateways}</td></tr>
 * <tr><td>{@code J}</td><td>{@link GroupId#key}</td><td>{@link GroupState}</td></tr>
 * <tr><td>{@code H}</td><td>length of the group's key (4), that key, client id</td><td>{@link GroupStates.Hold}</td></tr>
 * <tr><td>{@code T}</td><td>client id</td><td>{@link Tally}</td></tr>
 * <tr><td>{@code X}</td><td>milliseconds since the epoch (8), log partition (4), offset (8), client id</td><td>nothing: the message
 *     of that entry expires then</td></tr>
 * <tr><td>{@code Z}</td><td></td><td>the client whose filters were told last, if it has none</td></tr>
 * <tr><td>{@code I}</td><td></td><td>the ids of the topics that all this belongs to</td></tr>
 * </table>
 */
final class StoreKeys {

    static final Bytes LOST_GATEWAYS = Bytes.wrap(new byte[] {'G'});
    static final Bytes WITHOUT_FILTERS = Bytes.wrap(new byte[] {'Z'});
    static final Bytes TOPIC_IDS = Bytes.wrap(new byte[] {'I'});
    static final Bytes FIRST_GROUP = Bytes.wrap(new byte[] {'J'});
    static final Bytes AFTER_GROUPS = Bytes.wrap(new byte[] {'J' + 1});
    static final Bytes FIRST_CLIENT = Bytes.wrap(new byte[] {'C'});
    static final Bytes AFTER_CLIENTS = Bytes.wrap(new byte[] {'C' + 1});
    static final Bytes FIRST_TALLY = Bytes.wrap(new byte[] {'T'});
    static final Bytes AFTER_TALLIES = Bytes.wrap(new byte[] {'T' + 1});
    static final Bytes FIRST_EXPIRY = Bytes.wrap(new byte[] {'X'});
    static final Bytes AFTER_EXPIRIES = Bytes.wrap(new byte[] {'X' + 1});

    private static final int PLACE_BYTES = Integer.BYTES + Long.BYTES;

    private StoreKeys() {}

    static Bytes client(String clientId) {
        return ofClient('C', clientId);
    }

    static Bytes tally(String clientId) {
        return ofClient('T', clientId);
    }

    private static Bytes ofClient(char kind, String clientId) {
        byte[] utf8 = utf8(clientId);
        return Bytes.wrap(
                ByteBuffer.allocate(1 + utf8.length).put((byte) kind).put(utf8).array());
    }

    /** Of the key of a client or a tally. */
    static String clientIdOfClient(byte[] key) {
        return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
    }

    /** Also the first key of a partition's entries at or behind an offset. */
    static Bytes entry(String clientId, int partition, long offset) {
        byte[] utf8 = utf8(clientId);
        return Bytes.wrap(ByteBuffer.allocate(1 + Integer.BYTES + utf8.length + PLACE_BYTES)
                .put((byte) 'E')
                .putInt(utf8.length)
                .put(utf8)
                .putInt(partition)
                .putLong(offset)
                .array());
    }

    /** A client has no entry at or behind this one. */
    static Bytes afterEntries(String clientId) {
        return entry(clientId, Integer.MAX_VALUE, 0);
    }

    static int partitionOfEntry(byte[] key) {
        return ByteBuffer.wrap(key).getInt(key.length - PLACE_BYTES);
    }

    static long offsetOfEntry(byte[] key) {
        return ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    static Bytes settled(int partition, long offset, String clientId) {
        byte[] utf8 = utf8(clientId);
        return Bytes.wrap(ByteBuffer.allocate(1 + PLACE_BYTES + utf8.length)
                .put((byte) 'S')
                .putInt(partition)
                .putLong(offset)
                .put(utf8)
                .array());
    }

    static long offsetOfSettled(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1 + Integer.BYTES);
    }

    static String clientIdOfSettled(byte[] key) {
        return new String(Arrays.copyOfRange(key, 1 + PLACE_BYTES, key.length), StandardCharsets.UTF_8);
    }

    static Bytes expiry(long millis, int partition, long offset, String clientId) {
        byte[] utf8 = utf8(clientId);
        return Bytes.wrap(ByteBuffer.allocate(1 + Long.BYTES + PLACE_BYTES + utf8.length)
                .put((byte) 'X')
                .putLong(millis)
                .putInt(partition)
                .putLong(offset)
                .put(utf8)
                .array());
    }

    static long millisOfExpiry(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    static QueueState.Place placeOfExpiry(byte[] key) {
        ByteBuffer place = ByteBuffer.wrap(key).position(1 + Long.BYTES);
        int partition = place.getInt();
        long offset = place.getLong();
        String clientId = new String(Arrays.copyOfRange(key, place.position(), key.length), StandardCharsets.UTF_8);
        return new QueueState.Place(clientId, partition, offset);
    }

    static Bytes mark(int partition) {
        return ofPartition('M', partition);
    }

    static Bytes bound(int partition) {
        return ofPartition('B', partition);
    }

    private static Bytes ofPartition(char kind, int partition) {
        return Bytes.wrap(ByteBuffer.allocate(1 + Integer.BYTES)
                .put((byte) kind)
                .putInt(partition)
                .array());
    }

    static Bytes group(GroupId id) {
        byte[] key = id.key();
        return Bytes.wrap(
                ByteBuffer.allocate(1 + key.length).put((byte) 'J').put(key).array());
    }

    /** Also the first key of a group's holds, with an empty client id. */
    static Bytes hold(GroupId id, String clientId) {
        return hold(id, utf8(clientId));
    }

    /** A group has no hold at or behind this one. */
    static Bytes afterHolds(GroupId id) {
        return hold(id, new byte[] {(byte) 0xFF}); // UTF-8 has no such byte.
    }

    private static Bytes hold(GroupId id, byte[] clientId) {
        byte[] key = id.key();
        return Bytes.wrap(ByteBuffer.allocate(1 + Integer.BYTES + key.length + clientId.length)
                .put((byte) 'H')
                .putInt(key.length)
                .put(key)
                .put(clientId)
                .array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
