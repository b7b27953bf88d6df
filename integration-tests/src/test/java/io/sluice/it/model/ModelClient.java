package io.sluice.it.model;

import io.sluice.gateway.session.ModelGateway;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A client with a durable session that keeps what the specification asks of it, and writes down what it was given. */
final class ModelClient {

    private static final int TOPICS = 5;

    private final String id;
    private final Random random;
    private final SessionWorld world;
    private Connection connection;
    private boolean connectedForGood;
    /** The same client when it asks for no durable session. */
    private final ModelGuest guest;

    // --- what a client keeps with its session
    private final Set<Integer> receivedIds = new HashSet<>();
    /** By topic, the ends of the log as of the acknowledgement of its subscription. */
    private final Map<String, long[]> subscribedAt = new LinkedHashMap<>();

    private final Map<String, Qos> wanted = new TreeMap<>();
    private final Set<String> unwanted = new TreeSet<>();
    /** Topics whose UNSUBSCRIBE no gateway has read yet, since when they were subscribed to. */
    private final Map<String, long[]> unsubscribedFrom = new TreeMap<>();

    /** Whether a connection that was given up may end the session yet. */
    private boolean gaveUpCleanStart;

    /** What was due and is checked in the end: a topic between two places of the log. */
    final List<Due> due = new ArrayList<>();

    record Due(String topic, long[] from, long[] to) {}
    /** By topic, the numbers of its messages in the order in which they came, at each quality of service. */
    final Map<String, List<Integer>> delivered = new TreeMap<>();

    final Set<Integer> exactlyOnce = new HashSet<>();
    /** What the present session was sent. */
    private final Set<Origin> sent = new HashSet<>();

    final List<String> faults = new ArrayList<>();

    ModelClient(String id, Random random, SessionWorld world) {
        this.id = id;
        this.random = random;
        this.world = world;
        this.guest = new ModelGuest(id, random, world);
    }

    String id() {
        return id;
    }

    @Override
    public String toString() {
        return id + " " + (connection == null ? "away" : connection.session.toString());
    }

    Map<String, long[]> subscribedAt() {
        return subscribedAt;
    }

    void wantsConnection() {
        connectedForGood = true;
    }

    boolean isBusy() {
        return connection == null || connection.isBusy() || subscribedAt.size() < wanted.size() || !unwanted.isEmpty();
    }

    void breakConnection() {
        if (connection != null && !connectedForGood) {
            Connection broken = connection;
            connection = null;
            world.tell(id + " breaks its connection");
            broken.open = false;
            lingering.add(broken);
        }
    }

    /** Connections that are broken, which the gateway has not yet noticed. */
    private final List<Connection> lingering = new ArrayList<>();

    void step() {
        if (!lingering.isEmpty() && random.nextInt(4) == 0) {
            lingering.remove(0).session.end();
            return;
        }
        if (random.nextInt(60) == 0) {
            breakConnection();
        }
        work();
    }

    void work() {
        if (connectedForGood) {
            lingering.forEach(broken -> broken.session.end());
            lingering.clear();
        }
        if (connectedForGood) {
            guest.goAway();
        } else if (connection == null && random.nextInt(guest.isHere() ? 2 : 40) == 0) {
            forgetSession();
            guest.step();
            return;
        }
        if (connection == null) {
            ModelGateway gateway = random.nextInt(5) == 0 ? world.anyGateway() : null;
            if (gateway != null) {
                connect(gateway, random.nextInt(12) == 0 && !connectedForGood);
            }
        } else if (connection.isIdle() && random.nextInt(40) == 0 && !connectedForGood && !subscribedAt.isEmpty()) {
            String topic = subscribedAt.keySet().iterator().next();
            unsubscribedFrom.put(topic, subscribedAt.remove(topic));
            wanted.remove(topic);
            unwanted.add(topic);
            world.tell(id + " does not want " + topic + " any more");
        } else if (connection.established
                && connection.subscribing == null
                && random.nextInt(25) == 0
                && wanted.size() < 3
                && !connectedForGood) {
            subscribe("t/" + random.nextInt(TOPICS), random.nextBoolean() ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE);
        } else {
            connection.work();
        }
    }

    private void connect(ModelGateway gateway, boolean cleanStart) {
        world.tell(id + " connects to " + gateway.incarnation());
        Connection opened = new Connection();
        if (cleanStart) {
            forgetSession();
        }
        connection = opened;
        opened.session = gateway.connect(id, cleanStart, 1_000_000, opened);
    }

    /** All that was due is not any more, whether the connection that starts clean comes about or not. */
    private void forgetSession() {
        gaveUpCleanStart = true;
        subscribedAt.clear();
        unsubscribedFrom.clear();
        due.clear();
    }

    private void subscribe(String topic, Qos qos) {
        if (!wanted.containsKey(topic) && !unwanted.contains(topic)) {
            wanted.put(topic, qos);
            connection.subscribing = topic;
            Connection on = connection;
            on.toServer.add(() -> on.session.subscribe(topic, qos));
        }
    }

    /** Another gateway may take an UNSUBSCRIBE for an earlier place than one that did not come to an end. */
    private void askedAgain(String topic, long[] at) {
        due.stream().filter(one -> one.topic().equals(topic)).forEach(one -> {
            for (int p = 0; p < at.length; p++) {
                one.to()[p] = Math.min(one.to()[p], at[p]);
            }
        });
    }

    private void receive(PublishRecord message, Qos qos) {
        String topic = new String(message.topic(), StandardCharsets.UTF_8);
        int number = Integer.parseInt(new String(message.payload(), StandardCharsets.UTF_8));
        world.tell(id + " gets " + number + " at " + message.partition() + ":" + message.offset() + " " + qos);
        if (qos == Qos.EXACTLY_ONCE && !exactlyOnce.add(number)) {
            faults.add(id + " got " + number + " twice at QoS 2");
        }
        delivered
                .computeIfAbsent(topic + "@" + qos.level(), unused -> new ArrayList<>())
                .add(number);
    }

    /** The client's side of one connection. What is on its way is lost when it breaks. */
    private final class Connection implements ModelGateway.Peer {
        private ModelGateway.ModelSession session;
        private final Deque<Runnable> toClient = new ArrayDeque<>();
        private final Deque<Runnable> toServer = new ArrayDeque<>();
        private boolean open = true;
        private boolean established;
        private String subscribing;

        boolean isIdle() {
            return established && subscribing == null && toServer.isEmpty();
        }

        boolean isBusy() {
            return !established || !toClient.isEmpty() || !toServer.isEmpty();
        }

        void work() {
            Runnable next = random.nextBoolean() ? toClient.poll() : toServer.poll();
            if (next != null) {
                next.run();
            } else if (isIdle()) {
                if (!unwanted.isEmpty()) {
                    String topic = unwanted.iterator().next();
                    subscribing = topic;
                    toServer.add(() -> {
                        long[] at = session.unsubscribe(topic);
                        if (unsubscribedFrom.containsKey(topic)) {
                            due.add(new Due(topic, unsubscribedFrom.remove(topic), at));
                        } else {
                            askedAgain(topic, at);
                        }
                    });
                    return;
                }
                // What was not acknowledged is asked for again.
                for (Map.Entry<String, Qos> topic : wanted.entrySet()) {
                    if (!subscribedAt.containsKey(topic.getKey())) {
                        subscribing = topic.getKey();
                        toServer.add(() -> session.subscribe(topic.getKey(), topic.getValue()));
                        return;
                    }
                }
            }
        }

        private void toClient(Runnable packet) {
            if (open) {
                toClient.add(packet);
            }
        }

        @Override
        public void connack(boolean sessionPresent) {
            if (open && !sessionPresent) {
                sent.clear();
            }
            toClient(() -> {
                established = true;
                if (!sessionPresent) {
                    receivedIds.clear();
                    if (!subscribedAt.isEmpty() && !gaveUpCleanStart) {
                        faults.add(id + " lost its session");
                    }
                    subscribedAt.clear();
                    unsubscribedFrom.clear();
                    due.clear();
                    unwanted.clear();
                }
            });
        }

        @Override
        public void publish(PublishRecord message, Qos qos, int packetId, boolean dup) {
            // [MQTT-3.3.1-1]
            if (open && !sent.add(message.origin()) && !dup) {
                faults.add(id + " is sent " + message.origin() + " again as if for the first time");
            }
            toClient(() -> {
                if (qos == Qos.AT_LEAST_ONCE) {
                    receive(message, qos);
                    toServer.add(() -> session.puback(packetId));
                } else {
                    world.tell(id + " is sent " + message.partition() + ":" + message.offset() + " as " + packetId
                            + " dup " + dup + " by " + session);
                    if (receivedIds.add(packetId)) {
                        receive(message, qos);
                    }
                    toServer.add(() -> session.pubrec(packetId));
                }
            });
        }

        @Override
        public void pubrel(int packetId) {
            toClient(() -> {
                world.tell(id + " gets PUBREL " + packetId);
                receivedIds.remove(packetId);
                toServer.add(() -> session.pubcomp(packetId));
            });
        }

        @Override
        public void suback() {
            toClient(() -> {
                world.tell(id + " is subscribed to " + subscribing);
                subscribedAt.putIfAbsent(subscribing, world.logEnds());
                subscribing = null;
            });
        }

        @Override
        public void unsuback() {
            toClient(() -> {
                world.tell(id + " is not subscribed any more to " + subscribing);
                unwanted.remove(subscribing);
                subscribing = null;
            });
        }

        @Override
        public void closed() {
            open = false;
            if (connection == this) {
                connection = null;
            }
        }
    }
}
