package io.sluice.it.model;

import io.sluice.gateway.session.GroupModelGateway;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A client that is a member of the group: connects, takes what comes, acknowledges late, and comes back elsewhere. */
final class GroupModelMember {

    private final String id;
    private final boolean durable;
    private final boolean faithful;
    private final boolean forgetful;
    private final Qos qos;
    private final GroupWorld world;
    private final Random random;
    private GroupModelGateway.Member connection;
    private Object peer;
    private boolean connected;
    /** Whether it is a member as far as it knows. */
    private boolean subscribed;

    private boolean wasSubscribed;
    /** Whether SUBSCRIBE or UNSUBSCRIBE is not answered. */
    private boolean changing;

    private final Deque<Runnable> inbox = new ArrayDeque<>();
    /** Packet identifiers of QoS 2 messages that are not released; they outlive the connection of a durable one. */
    private final Set<Integer> unreleased = new HashSet<>();
    /** What it got at QoS 1 and at QoS 2, by number, and when. */
    final Map<Integer, List<String>> got = new HashMap<>();

    final List<Integer> gotOnce = new ArrayList<>();

    /**
     * @param faithful whether it never unsubscribes
     * @param forgetful whether it now and then begins a new session
     */
    GroupModelMember(
            String id, boolean durable, boolean faithful, boolean forgetful, Qos qos, GroupWorld world, Random random) {
        this.id = id;
        this.durable = durable;
        this.faithful = faithful;
        this.forgetful = forgetful;
        this.qos = qos;
        this.world = world;
        this.random = random;
    }

    String id() {
        return id;
    }

    byte[] key() {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    boolean wasSubscribed() {
        return wasSubscribed;
    }

    boolean isBusy() {
        return !inbox.isEmpty() || connection == null || changing || (faithful && !subscribed);
    }

    /** Something; now and then it breaks off, or is a member no more, or again. */
    void step() {
        if (random.nextInt(120) == 0) {
            breakConnection();
        } else if (connected && !changing && !faithful && subscribed && random.nextInt(30) == 0) {
            unsubscribe();
        } else if (connected && !changing && !subscribed && random.nextInt(2) == 0) {
            subscribe();
        } else {
            work();
        }
    }

    private void subscribe() {
        world.tell(id + " subscribes");
        changing = true;
        connection.subscribe();
    }

    private void unsubscribe() {
        world.tell(id + " unsubscribes");
        changing = true;
        connection.unsubscribe();
    }

    /** Something of use. */
    void work() {
        if (connection == null) {
            GroupModelGateway gateway = world.anyGateway();
            if (gateway != null) {
                connect(gateway);
            }
        } else if (!inbox.isEmpty()) {
            inbox.remove().run();
        } else if (connected && !changing && !subscribed && faithful) {
            subscribe();
        }
    }

    void breakConnection() {
        if (connection != null) {
            GroupModelGateway.Member ended = connection;
            lost();
            ended.end();
        }
    }

    private void lost() {
        connection = null;
        connected = false;
        changing = false;
        peer = null;
        inbox.clear();
        if (!durable) {
            unreleased.clear();
            subscribed = false;
        }
    }

    private void connect(GroupModelGateway gateway) {
        Peer own = new Peer();
        peer = own;
        boolean cleanStart = forgetful && random.nextInt(4) == 0;
        GroupModelGateway.Member made = gateway.connect(id, durable, cleanStart, qos, own);
        if (peer == own) {
            connection = made;
        }
    }

    private void receive(PublishRecord message, Qos of, int packetId) {
        int number = Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
        world.tell(id + " gets " + number + " at " + of + " as " + packetId);
        if (of == Qos.AT_MOST_ONCE) {
            gotOnce.add(number);
        } else if (of == Qos.AT_LEAST_ONCE) {
            got.computeIfAbsent(number, unused -> new ArrayList<>()).add("QoS 1");
            connection.ack(packetId);
        } else if (!durable) {
            got.computeIfAbsent(number, unused -> new ArrayList<>()).add("QoS 2");
            gotOnce.add(number);
            connection.ack(packetId);
        } else {
            if (unreleased.add(packetId)) {
                got.computeIfAbsent(number, unused -> new ArrayList<>()).add("QoS 2");
                gotOnce.add(number);
            }
            connection.pubrec(packetId);
        }
    }

    @Override
    public String toString() {
        return id + " " + (connected ? "connected" : "away") + " unreleased " + unreleased + " inbox " + inbox.size();
    }

    /** This end of one connection. */
    private final class Peer implements GroupModelGateway.Peer {

        private void later(Runnable action) {
            if (peer == this) {
                inbox.add(action);
            }
        }

        @Override
        public void connack(boolean isMember) {
            later(() -> {
                connected = true;
                subscribed = isMember;
                if (isMember && !faithful && random.nextInt(4) == 0) {
                    unsubscribe();
                }
            });
        }

        @Override
        public void suback() {
            later(() -> {
                changing = false;
                subscribed = true;
                wasSubscribed = true;
            });
        }

        @Override
        public void unsuback() {
            later(() -> {
                changing = false;
                subscribed = false;
                if (random.nextBoolean()) {
                    subscribe();
                }
            });
        }

        @Override
        public void publish(PublishRecord message, Qos of, int packetId) {
            later(() -> receive(message, of, packetId));
        }

        @Override
        public void pubrel(int packetId) {
            later(() -> {
                unreleased.remove(packetId);
                connection.pubcomp(packetId);
            });
        }

        @Override
        public void closed() {
            if (peer == this) {
                lost();
            }
        }
    }
}
