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
 * <tr><td>{@code A}</td><td></td><td>the first offsets of commands and inbox that are not part of all this</td></tr>
 * <tr><td>{@code C}</td><td>client id</td><td>{@link ClientState}</td></tr>
 * <tr><td>{@code E}</td><td>session (8), log partition (4), last offset (8), 0 (1)</td><td>{@link EntryBlock}</td></tr>
 * <tr><td>{@code E}</td><td>session (8), log partition (4), last offset (8), 1 (1)</td><td>what has become of the entries of that
 *     block</td></tr>
 * <tr><td>{@code R}</td><td>session (8)</td><td>the client of that session, which has ended, and of which there are blocks still</td></tr>
 * <tr><td>{@code S}</td><td>log partition (4), session (8), client id</td><td>an offset below which no entry there is settled</td></tr>
 * <tr><td>{@code M}</td><td></td><td>the {@link Mark}s of all log partitions</td></tr>
 * <tr><td>{@code B}</td><td>log partition (4)</td><td>an offset below which all entries of the partition stand</td></tr>
 * <tr><td>{@code G}</td><td></td><td>{@link LostGateways}</td></tr>
 * <tr><td>{@code J}</td><td>{@link GroupId#key}</td><td>{@link GroupState}</td></tr>
 * <tr><td>{@code H}</td><td>length of the group's key (4), that key, client id</td><td>{@link GroupStates.Hold}</td></tr>
 * <tr><td>{@code T}</td><td>client id</td><td>{@link Tally}</td></tr>
 * <tr><td>{@code X}</td><td>milliseconds since the epoch (8), log partition (4), offset (8), session (8), client id</td>
 *     <td>nothing: the message of that entry expires then</td></tr>
 * <tr><td>{@code Z}</td><td></td><td>the client whose filters were told last, if it has none</td></tr>
 * <tr><td>{@code I}</td><td></td><td>the ids of the topics that all this belongs to</td></tr>
 * </table>
 */
final class StoreKeys {

    static final Bytes LOST_GATEWAYS = Bytes.wrap(new byte[] {'G'});
    static final Bytes WITHOUT_FILTERS = Bytes.wrap(new byte[] {'Z'});
    static final Bytes TOPIC_IDS = Bytes.wrap(new byte[] {'I'});
    static final Bytes APPLIED = Bytes.wrap(new byte[] {'A'});
    static final Bytes MARKS = Bytes.wrap(new byte[] {'M'});
    static final Bytes FIRST_SETTLED = Bytes.wrap(new byte[] {'S'});
    static final Bytes AFTER_SETTLED = Bytes.wrap(new byte[] {'S' + 1});
    static final Bytes FIRST_GROUP = Bytes.wrap(new byte[] {'J'});
    static final Bytes AFTER_GROUPS = Bytes.wrap(new byte[] {'J' + 1});
    static final Bytes FIRST_CLIENT = Bytes.wrap(new byte[] {'C'});
    static final Bytes AFTER_CLIENTS = Bytes.wrap(new byte[] {'C' + 1});
    static final Bytes FIRST_TALLY = Bytes.wrap(new byte[] {'T'});
    static final Bytes AFTER_TALLIES = Bytes.wrap(new byte[] {'T' + 1});
    static final Bytes FIRST_EXPIRY = Bytes.wrap(new byte[] {'X'});
    static final Bytes AFTER_EXPIRIES = Bytes.wrap(new byte[] {'X' + 1});

    static final Bytes FIRST_REMAINS = Bytes.wrap(new byte[] {'R'});
    static final Bytes AFTER_REMAINS = Bytes.wrap(new byte[] {'R' + 1});

    private static final int PLACE_BYTES = Integer.BYTES + 2 * Long.BYTES;
    private static final int SETTLED_BYTES = 1 + Integer.BYTES + Long.BYTES;
    private static final int BLOCK_BYTES = 1 + Long.BYTES + Integer.BYTES + Long.BYTES + 1;

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

    /** Also the first key of a block in the partition that ends at or behind an offset. */
    static Bytes block(long session, int partition, long last) {
        return ofBlock(session, partition, last, 0);
    }

    /** Of what has become of a block's entries: right behind the block. */
    static Bytes changes(long session, int partition, long last) {
        return ofBlock(session, partition, last, 1);
    }

    private static Bytes ofBlock(long session, int partition, long last, int kind) {
        return Bytes.wrap(ByteBuffer.allocate(BLOCK_BYTES)
                .put((byte) 'E')
                .putLong(session)
                .putInt(partition)
                .putLong(last)
                .put((byte) kind)
                .array());
    }

    static long sessionOfBlock(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    static int partitionOfBlock(byte[] key) {
        return ByteBuffer.wrap(key).getInt(1 + Long.BYTES);
    }

    static long lastOfBlock(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1 + Long.BYTES + Integer.BYTES);
    }

    static boolean isOfChanges(byte[] key) {
        return key[BLOCK_BYTES - 1] != 0;
    }

    static Bytes remains(long session) {
        return Bytes.wrap(ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) 'R')
                .putLong(session)
                .array());
    }

    static long sessionOfRemains(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1);
    }

    /** Leads to the settled entries of a session in a log partition. */
    static Bytes settled(int partition, long session, String clientId) {
        byte[] utf8 = utf8(clientId);
        return Bytes.wrap(ByteBuffer.allocate(SETTLED_BYTES + utf8.length)
                .put((byte) 'S')
                .putInt(partition)
                .putLong(session)
                .put(utf8)
                .array());
    }

    static int partitionOfSettled(byte[] key) {
        return ByteBuffer.wrap(key).getInt(1);
    }

    static long sessionOfSettled(byte[] key) {
        return ByteBuffer.wrap(key).getLong(1 + Integer.BYTES);
    }

    static String clientIdOfSettled(byte[] key) {
        return new String(key, SETTLED_BYTES, key.length - SETTLED_BYTES, StandardCharsets.UTF_8);
    }

    static Bytes expiry(long millis, QueueState.Place place) {
        byte[] utf8 = utf8(place.clientId());
        return Bytes.wrap(ByteBuffer.allocate(1 + Long.BYTES + PLACE_BYTES + utf8.length)
                .put((byte) 'X')
                .putLong(millis)
                .putInt(place.partition())
                .putLong(place.offset())
                .putLong(place.session())
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
        long session = place.getLong();
        String clientId = new String(Arrays.copyOfRange(key, place.position(), key.length), StandardCharsets.UTF_8);
        return new QueueState.Place(clientId, session, partition, offset);
    }

    static Bytes bound(int partition) {
        return Bytes.wrap(ByteBuffer.allocate(1 + Integer.BYTES)
                .put((byte) 'B')
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
