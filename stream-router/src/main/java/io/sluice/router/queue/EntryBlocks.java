package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;

/**
 * The entries of all sessions in a state store. What a session gets of one log partition between two commits is held on the heap, and
 * what is left of it then is written in blocks; so a message costs a small part of a record, and what leaves again before the
 * commit costs none. A block is not written again: beside it stands which of its entries have gone, and when all have, it is removed.
 * Blocks of a session and partition do not overlap: what comes later and lies within one is written together with it.
 *
 * <p>Entries of a session that has ended are met by nobody; {@link #removeRemains} removes them in small steps. Belongs to the
 * task's thread.
 */
final class EntryBlocks {

    private static final int MOST_ENTRIES = 64;
    private static final int MOST_BYTES = 256 << 10;
    /** What blocks that were read or written lately may take on the heap beside those that have changed, about. */
    private static final long KNOWN_BYTES = 2 << 20;
    /** The bound of a log partition's entries is written so far ahead of them, so that it is seldom written. */
    private static final long BOUND_AHEAD = 1 << 17;

    private static final int REMOVED_BLOCKS = 256;
    private static final long REMOVED_BYTES = 4 << 20;

    /** Takes the entries of sessions that have ended. */
    @FunctionalInterface
    interface Visitor {
        void visit(QueueState.Place place, byte[] entry);
    }

    /** One session and log partition. */
    private record Lane(long session, int partition) {
        Bytes key(EntryBlock block) {
            return StoreKeys.block(session, partition, block.last());
        }

        Bytes changesKey(EntryBlock block) {
            return StoreKeys.changes(session, partition, block.last());
        }
    }

    /** What is on the heap of a lane. */
    private static final class Held {
        /** By offset, what no block has. */
        private final NavigableMap<Long, byte[]> fresh = new TreeMap<>();
        /** By the last offset, blocks that were read or written lately, and all that have changed. */
        private final NavigableMap<Long, EntryBlock> blocks = new TreeMap<>();
    }

    private final HeldBackStore store;
    private final int partitions;
    /** By log partition: all blocks stand below, as the store says. */
    private final long[] bounds;
    /** Where no block has an entry. */
    private final EntryBounds stored;

    /** Only where something is held. */
    private final Map<Lane, Held> held = new HashMap<>();
    /** Lanes that may have fresh entries. */
    private final Set<Lane> unwritten = new LinkedHashSet<>();
    /** Blocks that have changed since the last commit. */
    private final Map<EntryBlock, Lane> changed = new LinkedHashMap<>();
    /** Other blocks that are on the heap, those that are there for long first. */
    private final Map<EntryBlock, Lane> known = new LinkedHashMap<>();

    private long knownBytes;
    private boolean hasRemains;
    /** The first block that is left of the session of which some were removed last; null if none is. */
    private Bytes firstOfRemains;

    EntryBlocks(HeldBackStore store, int partitions) {
        this.store = store;
        this.partitions = partitions;
        bounds = new long[partitions];
        for (int p = 0; p < partitions; p++) {
            bounds[p] = StoreCodec.bound(store.get(StoreKeys.bound(p)));
        }
        stored = new EntryBounds(bounds.clone(), this::lookForBound);
        hasRemains = firstRemains() != null;
    }

    private long lookForBound(long session, int partition) {
        Bytes last = store.last(StoreKeys.block(session, partition, 0), StoreKeys.block(session, partition + 1, 0));
        return last == null ? 0 : StoreKeys.lastOfBlock(last.get()) + 1;
    }

    // --- single entries

    /** The entry of a message, or null. */
    byte[] get(long session, int partition, long offset) {
        Lane lane = new Lane(session, partition);
        byte[] fresh = fresh(lane).get(offset);
        if (fresh != null || isNotStored(lane, offset)) {
            return fresh;
        }
        EntryBlock block = blockAt(lane, offset);
        int place = block == null ? -1 : block.find(offset);
        return place < 0 ? null : block.entry(place);
    }

    /**
     * Sets or removes the entry of a message.
     *
     * @param entry null to remove it
     * @return what was there before, or null
     */
    byte[] put(long session, int partition, long offset, byte[] entry) {
        Lane lane = new Lane(session, partition);
        if (!fresh(lane).containsKey(offset) && !isNotStored(lane, offset)) {
            EntryBlock block = blockAt(lane, offset);
            int place = block == null ? -1 : block.find(offset);
            if (place >= 0) {
                byte[] before = block.entry(place);
                if (before != null || entry != null) {
                    block.set(place, entry);
                    changed(lane, block);
                }
                return before;
            }
        }
        if (entry == null) {
            Held of = held.get(lane);
            byte[] before = of == null ? null : of.fresh.remove(offset);
            forgetIfEmpty(lane);
            return before;
        }
        unwritten.add(lane);
        return held.computeIfAbsent(lane, unused -> new Held()).fresh.put(offset, entry);
    }

    private NavigableMap<Long, byte[]> fresh(Lane lane) {
        Held of = held.get(lane);
        return of == null ? Collections.emptyNavigableMap() : of.fresh;
    }

    private boolean isNotStored(Lane lane, long offset) {
        return stored.isAbsent(lane.session(), lane.partition(), offset);
    }

    /** The first block that ends at or behind an offset, or null. Where it begins behind that, the offset is in none. */
    private EntryBlock blockAt(Lane lane, long offset) {
        Held of = held.get(lane);
        Map.Entry<Long, EntryBlock> near = of == null ? null : of.blocks.ceilingEntry(offset);
        if (near != null && near.getValue().first() <= offset) {
            return near.getValue();
        }
        try (Reader reader = new Reader(lane, offset)) {
            return reader.next();
        }
    }

    /** Reads the blocks of a lane that end at or behind an offset, in their order. */
    private final class Reader implements AutoCloseable {
        private final Lane lane;
        private final HeldBackStore.Walk walk;
        private boolean hasNext;

        Reader(Lane lane, long offset) {
            this.lane = lane;
            walk = store.walk(
                    StoreKeys.block(lane.session(), lane.partition(), offset),
                    StoreKeys.block(lane.session(), lane.partition() + 1, 0));
            hasNext = walk.next();
        }

        /** Null if there is no other one. */
        EntryBlock next() {
            if (!hasNext) {
                return null;
            }
            Held of = held.get(lane);
            EntryBlock block = of == null ? null : of.blocks.get(StoreKeys.lastOfBlock(walk.key()));
            byte[] value = walk.value();
            hasNext = walk.next();
            byte[] changes = null;
            if (hasNext && StoreKeys.isOfChanges(walk.key())) {
                changes = walk.value();
                hasNext = walk.next();
            }
            if (block == null) {
                block = EntryBlock.read(value, changes);
                keep(lane, block);
            }
            return block;
        }

        @Override
        public void close() {
            walk.close();
        }
    }

    // --- blocks on the heap

    private void keep(Lane lane, EntryBlock block) {
        held.computeIfAbsent(lane, unused -> new Held()).blocks.put(block.last(), block);
        known.put(block, lane);
        knownBytes += block.bytes();
        while (knownBytes > KNOWN_BYTES && known.size() > 1) {
            Map.Entry<EntryBlock, Lane> oldest = known.entrySet().iterator().next();
            forget(oldest.getValue(), oldest.getKey());
        }
    }

    private void changed(Lane lane, EntryBlock block) {
        if (known.remove(block) != null) {
            knownBytes -= block.bytes();
            changed.put(block, lane);
        }
    }

    private void forget(Lane lane, EntryBlock block) {
        if (known.remove(block) != null) {
            knownBytes -= block.bytes();
        }
        changed.remove(block);
        held.get(lane).blocks.remove(block.last());
        forgetIfEmpty(lane);
    }

    private void forgetIfEmpty(Lane lane) {
        Held of = held.get(lane);
        if (of != null && of.fresh.isEmpty() && of.blocks.isEmpty()) {
            held.remove(lane);
        }
    }

    // --- several entries

    /** A session's entries of one log partition from an offset on; to be closed. They may be changed meanwhile. */
    Walk walk(long session, int partition, long from) {
        return new Walk(new Lane(session, partition), from);
    }

    /** Walks through entries; to be closed. */
    final class Walk implements AutoCloseable {
        private final Lane lane;
        /** Null if there are no blocks. */
        private final Reader reader;

        private EntryBlock block;
        private long from;
        private long offset;
        private byte[] entry;

        private Walk(Lane lane, long from) {
            this.lane = lane;
            this.from = from;
            reader = isNotStored(lane, from) ? null : new Reader(lane, from);
            block = reader == null ? null : reader.next();
        }

        /** Goes to the next entry, the first one at the beginning; false if there is none. */
        boolean next() {
            int place = 0;
            while (block != null) {
                place = block.from(from);
                if (place < block.size()) {
                    break;
                }
                block = reader.next();
            }
            Map.Entry<Long, byte[]> fresh = fresh(lane).ceilingEntry(from);
            if (block == null && fresh == null) {
                return false;
            }
            if (fresh == null || (block != null && block.offset(place) < fresh.getKey())) {
                offset = block.offset(place);
                entry = block.entry(place);
            } else {
                offset = fresh.getKey();
                entry = fresh.getValue();
            }
            from = offset + 1;
            return true;
        }

        long offset() {
            return offset;
        }

        byte[] entry() {
            return entry;
        }

        @Override
        public void close() {
            if (reader != null) {
                reader.close();
            }
        }
    }

    // --- commit

    /** Writes what has changed to the store, where it belongs to the next commit. */
    void write() {
        unwritten.forEach(this::takeInOverlapping);
        Map<EntryBlock, Lane> toWrite = new LinkedHashMap<>(changed);
        changed.clear();
        toWrite.forEach(this::writeChanges);
        unwritten.forEach(this::write);
        unwritten.clear();
    }

    private void writeChanges(EntryBlock block, Lane lane) {
        if (block.isEmpty()) {
            remove(lane, block);
            return;
        }
        if (block.hasStoredChanges()) {
            store.replace(lane.changesKey(block), block.changes());
        } else {
            store.add(lane.changesKey(block), block.changes());
        }
        keep(lane, block);
    }

    private void remove(Lane lane, EntryBlock block) {
        store.remove(lane.key(block));
        if (block.hasStoredChanges()) {
            store.remove(lane.changesKey(block));
        }
        forget(lane, block);
    }

    /** Fresh entries may lie within a block: it is dissolved, to be written anew with them. */
    private void takeInOverlapping(Lane lane) {
        for (long offset : List.copyOf(fresh(lane).keySet())) {
            if (isNotStored(lane, offset)) {
                return; // So are all that follow.
            }
            EntryBlock block = blockAt(lane, offset);
            if (block != null && block.first() < offset) {
                for (int i = block.from(0); i < block.size(); i = block.from(block.offset(i) + 1)) {
                    fresh(lane).put(block.offset(i), block.entry(i));
                }
                remove(lane, block);
            }
        }
    }

    private void write(Lane lane) {
        NavigableMap<Long, byte[]> block = new TreeMap<>();
        long end = 0;
        int bytes = 0;
        for (Map.Entry<Long, byte[]> entry : fresh(lane).entrySet()) {
            long offset = entry.getKey();
            int size = entry.getValue().length;
            boolean isFull = block.size() == MOST_ENTRIES || bytes + size > MOST_BYTES;
            if (!block.isEmpty() && (isFull || offset >= end)) {
                write(lane, block);
                block.clear();
                bytes = 0;
            }
            if (block.isEmpty()) {
                end = nextBlock(lane, offset);
            }
            block.put(offset, entry.getValue());
            bytes += size;
        }
        if (!block.isEmpty()) {
            write(lane, block);
            fresh(lane).clear();
        }
    }

    /** Where the next block begins behind an offset that is in none. */
    private long nextBlock(Lane lane, long offset) {
        EntryBlock next = isNotStored(lane, offset) ? null : blockAt(lane, offset);
        return next == null ? Long.MAX_VALUE : next.first();
    }

    private void write(Lane lane, NavigableMap<Long, byte[]> entries) {
        EntryBlock block = EntryBlock.of(entries);
        int partition = lane.partition();
        store.add(lane.key(block), block.value());
        stored.add(lane.session(), partition, block.last());
        if (block.last() >= bounds[partition]) {
            bounds[partition] = block.last() + BOUND_AHEAD;
            store.put(StoreKeys.bound(partition), StoreCodec.bound(bounds[partition]));
        }
        keep(lane, block);
    }

    // --- the end of a session

    /**
     * Lets go of all entries of a session, which nobody asks for any more.
     *
     * @param visitor is given those that were never written
     */
    void ended(String clientId, long session, Visitor visitor) {
        boolean isStored = false;
        for (int p = 0; p < partitions; p++) {
            Lane lane = new Lane(session, p);
            for (Map.Entry<Long, byte[]> entry : fresh(lane).entrySet()) {
                visitor.visit(new QueueState.Place(clientId, session, p, entry.getKey()), entry.getValue());
            }
            Held of = held.get(lane);
            if (of != null) {
                of.fresh.clear();
                List.copyOf(of.blocks.values()).forEach(block -> forget(lane, block));
                held.remove(lane);
            }
            isStored = isStored || !isNotStored(lane, 0);
        }
        if (isStored) {
            store.put(StoreKeys.remains(session), StoreCodec.texts(List.of(clientId)));
            hasRemains = true;
        }
    }

    /** Whether the store has entries of sessions that have ended. */
    boolean hasRemains() {
        return hasRemains;
    }

    private Bytes firstRemains() {
        try (HeldBackStore.Walk walk = store.walk(StoreKeys.FIRST_REMAINS, StoreKeys.AFTER_REMAINS)) {
            return walk.next() ? Bytes.wrap(walk.key()) : null;
        }
    }

    /**
     * Removes some of the entries of sessions that have ended.
     *
     * @param visitor is given them
     */
    void removeRemains(Visitor visitor) {
        Bytes remains = firstRemains();
        if (remains != null && removeSome(StoreKeys.sessionOfRemains(remains.get()), remains, visitor)) {
            store.remove(remains);
            firstOfRemains = null;
            remains = firstRemains();
        }
        hasRemains = remains != null;
    }

    /** Whether nothing is left. */
    private boolean removeSome(long session, Bytes remains, Visitor visitor) {
        String clientId = StoreCodec.texts(store.get(remains)).get(0);
        List<Bytes> keys = new ArrayList<>();
        long bytes = 0;
        // Not from the beginning: a walk through what was removed is not free.
        boolean isBegun = firstOfRemains != null && StoreKeys.sessionOfBlock(firstOfRemains.get()) == session;
        Bytes from = isBegun ? firstOfRemains : StoreKeys.block(session, 0, 0);
        try (HeldBackStore.Walk walk = store.walk(from, StoreKeys.block(session, Integer.MAX_VALUE, 0))) {
            while (walk.next()) {
                boolean isOfChanges = StoreKeys.isOfChanges(walk.key());
                if (!isOfChanges && (keys.size() >= REMOVED_BLOCKS || bytes >= REMOVED_BYTES)) {
                    firstOfRemains = Bytes.wrap(walk.key());
                    keys.forEach(store::remove);
                    return false;
                }
                keys.add(Bytes.wrap(walk.key()));
                bytes += walk.value().length;
                if (!isOfChanges) {
                    // What has changed of it since is not looked at: to remove what is not there does no harm.
                    EntryBlock block = EntryBlock.read(walk.value(), null);
                    int partition = StoreKeys.partitionOfBlock(walk.key());
                    for (int i = 0; i < block.size(); i++) {
                        visitor.visit(
                                new QueueState.Place(clientId, session, partition, block.offset(i)), block.entry(i));
                    }
                }
            }
        }
        keys.forEach(store::remove);
        return true;
    }
}
