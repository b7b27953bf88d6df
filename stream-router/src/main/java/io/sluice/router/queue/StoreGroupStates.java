package io.sluice.router.queue;

import io.sluice.router.topology.HeldBackStore;
import io.sluice.wire.GroupId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;

/** The groups of one partition in the stage's state store; all are held decoded as well. Belongs to the task's thread. */
final class StoreGroupStates implements GroupStates {

    private final HeldBackStore store;
    private final Map<GroupId, GroupState> groups = new HashMap<>();

    StoreGroupStates(HeldBackStore store) {
        this.store = store;
        try (HeldBackStore.Walk walk = store.walk(StoreKeys.FIRST_GROUP, StoreKeys.AFTER_GROUPS)) {
            while (walk.next()) {
                GroupState group = GroupState.of(walk.value());
                groups.put(group.id(), group);
            }
        }
    }

    /** How many groups are known. */
    int size() {
        return groups.size();
    }

    @Override
    public GroupState group(GroupId id) {
        return groups.get(id);
    }

    @Override
    public void put(GroupState group) {
        groups.put(group.id(), group);
        store.put(StoreKeys.group(group.id()), group.toBytes());
    }

    @Override
    public void remove(GroupId id) {
        groups.remove(id);
        store.put(StoreKeys.group(id), null);
        List<byte[]> holds = new ArrayList<>();
        try (HeldBackStore.Walk walk = store.walk(StoreKeys.hold(id, ""), StoreKeys.afterHolds(id))) {
            while (walk.next()) {
                holds.add(walk.key());
            }
        }
        holds.forEach(key -> store.put(Bytes.wrap(key), null));
    }

    @Override
    public List<GroupState> all() {
        return List.copyOf(groups.values());
    }

    @Override
    public Hold hold(GroupId id, String clientId) {
        byte[] value = store.get(StoreKeys.hold(id, clientId));
        return value == null ? null : StoreCodec.hold(value);
    }

    @Override
    public void putHold(GroupId id, String clientId, Hold hold) {
        store.put(StoreKeys.hold(id, clientId), hold == null ? null : StoreCodec.hold(hold));
    }
}
