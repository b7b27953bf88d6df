package io.sluice.it.failover;

import io.sluice.it.failover.History.Event;
import io.sluice.it.failover.History.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a history tells of messages, connections and sessions. Places are those in the history, -1 for never. */
final class Account {

    /** A message from its publisher's side. */
    static final class Message {
        final int qos;
        final boolean clears;
        final int sent;
        /** By {@link System#nanoTime}. */
        final long sentAt;
        /** How often it was sent, by the connection on which it was sent first, or on which it was made anew. */
        final Map<Integer, Integer> attempts = new HashMap<>();

        int acknowledged = -1;
        /**
         * Whether it is of QoS 2, and its publisher's session has ended before it was acknowledged: a server that was cut off may
         * write it behind what the publisher sent since by way of another one.
         */
        boolean isGivenUp;

        private Message(int place, Event event) {
            qos = event.qos();
            clears = event.kind() == Kind.SENT_CLEAR;
            sent = place;
            sentAt = event.nanos();
        }

        boolean isAcknowledged() {
            return acknowledged >= 0;
        }
    }

    /**
     * A message that came.
     *
     * @param at by {@link System#nanoTime}
     * @param connection over which
     * @param again whether the client had it and had not been told to forget its identifier
     */
    record Receipt(
            int place,
            long at,
            int connection,
            int qos,
            int number,
            int attempt,
            int packetId,
            boolean dup,
            boolean again) {}

    /** A time in which nothing fails. */
    record Calm(int from, int to) {
        boolean contains(int place) {
            return from <= place && place < to;
        }

        /** Whether it lasts to the end of the history. */
        boolean lasts() {
            return to == Integer.MAX_VALUE;
        }
    }

    /** One connection of a client. Times are those of {@link System#nanoTime}. */
    static final class Connection {
        final String client;
        final int number;
        final String server;
        final Kind asked;
        final String will;
        final long willDelayNanos;
        /** What the server has said: {@link Kind#CONNECTED}, {@link Kind#RESUMED}, or null. */
        Kind answer;

        long answeredAt;
        Kind ended;
        int endedPlace = -1;
        long endedAt;
        long takenOverAt;
        boolean isTakenOver;

        private Connection(Event event) {
            client = event.client();
            number = event.connection();
            server = event.server();
            asked = event.kind();
            will = event.topic();
            willDelayNanos = event.number() * 1_000_000_000L;
        }

        boolean isDurable() {
            return asked != Kind.CONNECTING;
        }

        @Override
        public String toString() {
            return client + " on its connection " + number;
        }
    }

    /** As long as a subscription lasts: with a clean session one connection, otherwise those of one session. */
    static final class Reception {
        final String client;
        final int firstConnection;
        Connection last;
        /** The first levels of the topics to which it has subscribed; nothing for none. */
        String group = "";

        /** The name under which it shares its subscription, or nothing. */
        String share = "";

        int asked;
        int qos;
        int subscribing = -1;
        int subscribed = -1;
        long subscribedAt;
        int heardItself = -1;
        boolean isSuperseded;
        final Map<String, List<Receipt>> received = new HashMap<>();
        final Map<String, List<Receipt>> retained = new HashMap<>();

        private Reception(Connection first) {
            client = first.client;
            firstConnection = first.number;
            last = first;
        }

        boolean isShared() {
            return !share.isEmpty();
        }

        /** Whether it has had one connection, and has no other any more. */
        boolean isOfOneConnection() {
            return last.number == firstConnection;
        }

        /** Whether what has not come does not come any more. */
        boolean isOver() {
            return isSuperseded || last.ended != null;
        }

        @Override
        public String toString() {
            return client + " since its connection " + firstConnection;
        }
    }

    /** By topic and number. */
    final Map<String, Map<Integer, Message>> messages = new LinkedHashMap<>();

    /** By client and number. */
    final Map<String, List<Connection>> connections = new LinkedHashMap<>();

    final List<Reception> receptions = new ArrayList<>();

    /** Messages that came and cannot be read. */
    final List<Event> damaged = new ArrayList<>();

    /** Messages that came to clients that had not asked for any. */
    final List<Event> unasked = new ArrayList<>();

    /** Times in which nothing failed. */
    final List<Calm> calms = new ArrayList<>();

    private final Map<String, Reception> current = new HashMap<>();
    /** By client the topics to which it has published. */
    private final Map<String, Set<String>> published = new HashMap<>();

    private int calmFrom = -1;

    /** Reads a history. */
    Account(Collection<Event> history) {
        int place = 0;
        for (Event event : history) {
            read(event, place);
            place++;
        }
        if (calmFrom >= 0) {
            calms.add(new Calm(calmFrom, Integer.MAX_VALUE));
        }
    }

    private void read(Event event, int place) {
        switch (event.kind()) {
            case CONNECTING, CONNECTING_DURABLY, CONNECTING_ANEW -> connecting(event);
            case CONNECTED, RESUMED -> answered(event);
            case SUBSCRIBING -> subscribing(current.get(event.client()), event, place);
            case SUBSCRIBED -> subscribed(current.get(event.client()), event, place);
            case SENT, SENT_CLEAR -> sent(event, place);
            case ACKNOWLEDGED -> acknowledged(event, place);
            case RECEIVED, RECEIVED_AGAIN -> received(event, place);
            case RECEIVED_RETAINED -> receivedRetained(event, place);
            case RECEIVED_DAMAGED -> damaged.add(event);
            case LOST, DIED, LEFT, ABANDONED -> ended(connection(event), event, place);
            case TAKEN_OVER -> takenOver(connection(event), event);
            case CALM -> calmFrom = calmFrom < 0 ? place : calmFrom;
            case FAULT -> fault(place);
            case NOTE -> {}
        }
    }

    private Connection connection(Event event) {
        return connections.get(event.client()).get(event.connection() - 1);
    }

    private void connecting(Event event) {
        List<Connection> ofClient = connections.computeIfAbsent(event.client(), unused -> new ArrayList<>());
        boolean hadNone =
                !ofClient.isEmpty() && !ofClient.get(ofClient.size() - 1).isDurable();
        ofClient.add(new Connection(event));
        if (hadNone || event.kind() != Kind.CONNECTING_DURABLY) {
            supersede(event.client());
        }
    }

    private void supersede(String client) {
        published.getOrDefault(client, Set.of()).stream()
                .flatMap(topic -> messages.get(topic).values().stream())
                .filter(message -> message.qos == 2 && !message.isAcknowledged())
                .forEach(message -> message.isGivenUp = true);
        Reception before = current.remove(client);
        if (before != null) {
            before.isSuperseded = true;
        }
    }

    private void answered(Event event) {
        Connection connection = connection(event);
        connection.answer = event.kind();
        connection.answeredAt = event.nanos();
        if (event.kind() == Kind.CONNECTED) {
            supersede(event.client());
        }
        current.computeIfAbsent(event.client(), unused -> {
                    Reception begun = new Reception(connection);
                    receptions.add(begun);
                    return begun;
                })
                .last = connection;
    }

    private static void subscribing(Reception reception, Event event, int place) {
        reception.subscribing = place;
        String filter = event.topic();
        if (filter.startsWith(Plan.SHARE)) {
            int slash = filter.indexOf('/', Plan.SHARE.length());
            reception.share = filter.substring(0, slash);
            filter = filter.substring(slash + 1);
        }
        reception.group = filter;
        reception.asked = event.qos();
        reception.qos = event.qos();
    }

    private static void subscribed(Reception reception, Event event, int place) {
        reception.subscribed = place;
        reception.subscribedAt = event.nanos();
        reception.qos = event.qos();
    }

    private void fault(int place) {
        if (calmFrom >= 0) {
            calms.add(new Calm(calmFrom, place));
        }
        calmFrom = -1;
    }

    private void sent(Event event, int place) {
        published.computeIfAbsent(event.client(), unused -> new HashSet<>()).add(event.topic());
        messages.computeIfAbsent(event.topic(), unused -> new LinkedHashMap<>())
                .computeIfAbsent(event.number(), unused -> new Message(place, event))
                .attempts
                .merge(event.attempt(), 1, Integer::sum);
    }

    private void acknowledged(Event event, int place) {
        Message message = messages.get(event.topic()).get(event.number());
        if (!message.isAcknowledged()) {
            message.acknowledged = place;
        }
    }

    private Reception subscriber(Event event) {
        Reception reception = current.get(event.client());
        if (reception == null || reception.subscribing < 0) {
            unasked.add(event);
            return null;
        }
        return reception;
    }

    private void receivedRetained(Event event, int place) {
        Reception reception = subscriber(event);
        if (reception != null) {
            receive(reception.retained, event, place);
        }
    }

    private void received(Event event, int place) {
        Reception reception = subscriber(event);
        if (reception == null) {
            return;
        }
        receive(reception.received, event, place);
        if (reception.heardItself < 0 && publisher(event.topic()).equals(reception.client)) {
            reception.heardItself = place;
        }
    }

    private static void receive(Map<String, List<Receipt>> receipts, Event event, int place) {
        receipts.computeIfAbsent(event.topic(), unused -> new ArrayList<>())
                .add(new Receipt(
                        place,
                        event.nanos(),
                        event.connection(),
                        event.qos(),
                        event.number(),
                        event.attempt(),
                        event.packetId(),
                        event.dup(),
                        event.kind() == Kind.RECEIVED_AGAIN));
    }

    private static void ended(Connection connection, Event event, int place) {
        connection.ended = event.kind();
        connection.endedPlace = place;
        connection.endedAt = event.nanos();
    }

    private static void takenOver(Connection connection, Event event) {
        connection.isTakenOver = true;
        connection.takenOverAt = event.nanos();
    }

    /** Whether somebody has sent this, or it is the will of a connection. */
    boolean isKnown(String topic, int number, int attempt) {
        if (Checker.isLane(topic, Plan.WILL)) {
            List<Connection> ofClient = connections.getOrDefault(publisher(topic), List.of());
            return number == 1
                    && attempt >= 1
                    && attempt <= ofClient.size()
                    && ofClient.get(attempt - 1).will.equals(topic);
        }
        return timesSent(topic, number, attempt) > 0;
    }

    /** How often a message of an attempt was sent; what clears tells neither, and is counted all together. */
    int timesSent(String topic, int number, int attempt) {
        Map<Integer, Message> ofTopic = messages.getOrDefault(topic, Map.of());
        if (number == 0) {
            return ofTopic.values().stream()
                    .filter(message -> message.clears)
                    .flatMap(message -> message.attempts.values().stream())
                    .mapToInt(Integer::intValue)
                    .sum();
        }
        return ofTopic.containsKey(number) ? ofTopic.get(number).attempts.getOrDefault(attempt, 0) : 0;
    }

    /** The connection over which something came to a client. */
    Connection connection(String client, Receipt receipt) {
        return connections.get(client).get(receipt.connection() - 1);
    }

    /** At which QoS all of a topic is published. */
    int qos(String topic) {
        return messages.getOrDefault(topic, Map.of()).values().stream()
                .mapToInt(message -> message.qos)
                .findAny()
                .orElse(Plan.WILL_QOS);
    }

    /** Whose topic it is. */
    static String publisher(String topic) {
        String without = topic.substring(0, topic.lastIndexOf('/'));
        return without.substring(without.lastIndexOf('/') + 1);
    }
}
