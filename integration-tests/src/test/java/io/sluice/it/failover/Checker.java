package io.sluice.it.failover;

import static java.util.stream.Collectors.counting;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Event;
import io.sluice.it.failover.History.Kind;
import io.sluice.it.failover.RecordingClient.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges what happened to all clients, and what stands in the log, against what clients with clean sessions are promised. It
 * asks none of the product's own counters.
 *
 * <p>A subscriber whose connection is lost may miss what is published until it has subscribed again. While its connection lasts
 * it misses nothing that was sent after its SUBACK and that was acknowledged; of a connection that has ended, nothing of a
 * topic's that stands before something that came. At QoS 0 a message may get lost, at QoS 1 it may come again.
 */
final class Checker {

    /** A promise that was not kept, and how. */
    record Violation(Promise promise, String what) {

        /** What is promised. */
        enum Promise {
            /** What was acknowledged is in the log. */
            ACKNOWLEDGED_IS_LOGGED,
            /** A connected subscriber gets what was acknowledged. */
            SUBSCRIBED_GETS_ALL,
            /** At QoS 0 and 2 nothing comes twice, nor stands in the log twice. */
            NOTHING_TWICE,
            /** The messages of a publisher, topic and QoS stand in the log and come in the order of their sending. */
            IN_ORDER,
            /** A SUBSCRIBE finds what was retained, and does not find what was cleared, before it. */
            RETAINED_IS_SEEN,
            /** A will comes once if its client broke off, never if it said good-bye, and never twice. */
            WILL_ONCE,
            /** A connection outlives faults of everything but its gateway. */
            CONNECTED_STAYS
        }
    }

    /** A message as it stands in the log; those of a topic in their order. */
    record Logged(String topic, int number, int attempt) {}

    /** A message from its publisher's side; places are those in the history, -1 for never. */
    private static final class Message {
        private final int qos;
        private final boolean clears;
        private final int sent;
        private int acknowledged = -1;

        private Message(int qos, boolean clears, int sent) {
            this.qos = qos;
            this.clears = clears;
            this.sent = sent;
        }

        private boolean isAcknowledged() {
            return acknowledged >= 0;
        }
    }

    /** A message that came. */
    private record Receipt(int place, int number, int attempt) {}

    /** One connection of a client from its side; places are those in the history, -1 for never. */
    private static final class Connection {
        private final String client;
        private final int number;
        private String group = "";
        private int qos;
        private String server;
        private int subscribing = -1;
        private int subscribed = -1;
        private int heardItself = -1;
        private Kind ended;
        private int endedAt = -1;
        private final Map<String, List<Receipt>> received = new HashMap<>();
        private final Map<String, List<Receipt>> retained = new HashMap<>();

        private Connection(String client, int number) {
            this.client = client;
            this.number = number;
        }

        @Override
        public String toString() {
            return client + " on its connection " + number;
        }
    }

    private final Set<String> mortalServers;
    private final Map<String, Map<Integer, Message>> topics = new LinkedHashMap<>();
    private final Map<String, Connection> connections = new LinkedHashMap<>();
    private final Map<String, List<Logged>> log = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private Checker(Set<String> mortalServers) {
        this.mortalServers = mortalServers;
    }

    /**
     * All promises that were not kept.
     *
     * @param logged what stands in the log of the topics of this history
     * @param mortalServers those to which connections may be lost, since a gateway behind them was killed
     */
    static List<Violation> judge(Collection<Event> history, Collection<Logged> logged, Set<String> mortalServers) {
        Checker checker = new Checker(mortalServers);
        int place = 0;
        for (Event event : history) {
            checker.read(event, place++);
        }
        logged.forEach(message -> checker.log
                .computeIfAbsent(message.topic(), unused -> new ArrayList<>())
                .add(message));
        checker.judgeLog();
        checker.connections.values().forEach(checker::judgeConnection);
        checker.judgeRepetitions();
        checker.judgeWills();
        return checker.violations;
    }

    // --- reading

    private void read(Event event, int place) {
        if (event.kind() == Kind.NOTE) {
            return;
        }
        Connection connection = connections.computeIfAbsent(
                event.client() + " " + event.connection(),
                unused -> new Connection(event.client(), event.connection()));
        connection.server = event.server();
        switch (event.kind()) {
            case SUBSCRIBING -> connection.subscribing = place;
            case SUBSCRIBED -> {
                connection.subscribed = place;
                connection.group = event.topic();
                connection.qos = event.qos();
            }
            case SENT, SENT_CLEAR ->
                topics.computeIfAbsent(event.topic(), unused -> new LinkedHashMap<>())
                        .computeIfAbsent(
                                event.number(),
                                unused -> new Message(event.qos(), event.kind() == Kind.SENT_CLEAR, place));
            case ACKNOWLEDGED -> acknowledged(event, place);
            case RECEIVED -> {
                receive(connection.received, event, place);
                if (connection.heardItself < 0 && publisher(event.topic()).equals(connection.client)) {
                    connection.heardItself = place;
                }
            }
            case RECEIVED_RETAINED -> receive(connection.retained, event, place);
            case LOST, DIED, LEFT -> {
                connection.ended = event.kind();
                connection.endedAt = place;
            }
            default -> {}
        }
    }

    private void acknowledged(Event event, int place) {
        Message message = topics.get(event.topic()).get(event.number());
        if (!message.isAcknowledged()) {
            message.acknowledged = place;
        }
    }

    private static void receive(Map<String, List<Receipt>> receipts, Event event, int place) {
        receipts.computeIfAbsent(event.topic(), unused -> new ArrayList<>())
                .add(new Receipt(place, event.number(), event.attempt()));
    }

    private static String publisher(String topic) {
        String without = topic.substring(0, topic.lastIndexOf('/'));
        return without.substring(without.lastIndexOf('/') + 1);
    }

    private static boolean isLane(String topic, String level) {
        return topic.endsWith("/" + level);
    }

    private void violated(Promise promise, String what) {
        violations.add(new Violation(promise, what));
    }

    // --- the log

    private void judgeLog() {
        topics.forEach((topic, messages) -> {
            List<Logged> logged = log.getOrDefault(topic, List.of());
            Map<Integer, Integer> times = new HashMap<>();
            List<Integer> numbers = new ArrayList<>();
            // What clears has no payload that would tell its number.
            logged.stream().filter(message -> message.number() > 0).forEach(message -> {
                times.merge(message.number(), 1, Integer::sum);
                numbers.add(message.number());
            });
            messages.forEach((number, message) -> {
                int found = times.getOrDefault(number, 0);
                if (message.isAcknowledged() && !message.clears && found == 0) {
                    violated(
                            Promise.ACKNOWLEDGED_IS_LOGGED,
                            "%s %d was acknowledged, is not in the log".formatted(topic, number));
                }
                if (message.qos != 1 && found > 1) {
                    violated(Promise.NOTHING_TWICE, "%s %d is in the log %d times".formatted(topic, number, found));
                }
            });
            judgeOrder(topic + " in the log", numbers);
            judgeClears(topic, messages, logged);
        });
    }

    /** They tell no number, so they are counted. */
    private void judgeClears(String topic, Map<Integer, Message> messages, List<Logged> logged) {
        long acknowledged = messages.values().stream()
                .filter(message -> message.clears && message.isAcknowledged())
                .count();
        long found = logged.stream().filter(message -> message.number() == 0).count();
        if (found < acknowledged) {
            violated(
                    Promise.ACKNOWLEDGED_IS_LOGGED,
                    "%s was cleared %d times, but %d times in the log".formatted(topic, acknowledged, found));
        }
    }

    /** Only the first time that a number comes counts: what is sent again may come again. */
    private void judgeOrder(String where, List<Integer> numbers) {
        Set<Integer> seen = new HashSet<>();
        int last = 0;
        for (int number : numbers) {
            if (seen.add(number)) {
                if (number < last) {
                    violated(Promise.IN_ORDER, "%s: %d comes after %d".formatted(where, number, last));
                }
                last = Math.max(last, number);
            }
        }
    }

    // --- connections

    private void judgeConnection(Connection connection) {
        if (connection.ended == Kind.LOST && !mortalServers.contains(connection.server)) {
            violated(Promise.CONNECTED_STAYS, "%s lost it, to %s".formatted(connection, connection.server));
        }
        if (connection.subscribed < 0) {
            return;
        }
        topics.forEach((topic, messages) -> {
            if (!topic.startsWith(connection.group + "/")) {
                return;
            }
            List<Integer> numbers = connection.received.getOrDefault(topic, List.of()).stream()
                    .map(Receipt::number)
                    .filter(number -> number > 0)
                    .toList();
            judgeOrder(topic + " at " + connection, numbers);
            judgeMissing(connection, topic, messages, numbers);
            if (isLane(topic, Lane.STATE.level()) && connection.heardItself >= 0) {
                judgeRetained(connection, topic, messages);
            }
        });
    }

    private void judgeMissing(
            Connection connection, String topic, Map<Integer, Message> messages, List<Integer> received) {
        Set<Integer> came = new HashSet<>(received);
        int last = received.stream().mapToInt(Integer::intValue).max().orElse(0);
        messages.forEach((number, message) -> {
            boolean promised = Math.min(message.qos, connection.qos) > 0
                    && message.isAcknowledged()
                    && !message.clears
                    && message.sent > connection.subscribed
                    && (connection.ended == null || number < last);
            if (promised && !came.contains(number)) {
                violated(Promise.SUBSCRIBED_GETS_ALL, "%s %d did not come to %s".formatted(topic, number, connection));
            }
        });
    }

    /**
     * Whatever was acknowledged before the SUBSCRIBE counts, and what was sent later may count. So what came is the last of the
     * former, or one of the latter; nothing came if that one clears, or if there is none.
     */
    private void judgeRetained(Connection connection, String topic, Map<Integer, Message> messages) {
        int oldest = messages.entrySet().stream()
                .filter(entry ->
                        entry.getValue().isAcknowledged() && entry.getValue().acknowledged < connection.subscribing)
                .mapToInt(Map.Entry::getKey)
                .max()
                .orElse(0);
        Set<Integer> possible = new HashSet<>();
        boolean mayBeNone = oldest == 0;
        for (Map.Entry<Integer, Message> entry : messages.entrySet()) {
            if (entry.getKey() >= oldest && entry.getValue().sent < connection.heardItself) {
                mayBeNone |= entry.getValue().clears;
                if (!entry.getValue().clears) {
                    possible.add(entry.getKey());
                }
            }
        }
        List<Integer> came = connection.retained.getOrDefault(topic, List.of()).stream()
                .map(Receipt::number)
                .toList();
        boolean right = came.isEmpty() ? mayBeNone : came.size() == 1 && possible.contains(came.get(0));
        if (!right) {
            violated(
                    Promise.RETAINED_IS_SEEN,
                    "of %s, %s found %s; %d was acknowledged before, possible are %s%s"
                            .formatted(
                                    topic,
                                    connection,
                                    came.isEmpty() ? "nothing" : came,
                                    oldest,
                                    possible,
                                    mayBeNone ? " and nothing" : ""));
        }
    }

    private void judgeRepetitions() {
        Map<String, Integer> times = new HashMap<>();
        for (Connection connection : connections.values()) {
            connection.received.forEach((topic, receipts) -> {
                Map<Integer, Message> messages = topics.getOrDefault(topic, Map.of());
                for (Receipt receipt : receipts) {
                    Message message = messages.get(receipt.number());
                    // What is sent again at QoS 1 may come again, also to those who get it at QoS 0.
                    if (message != null && message.qos != 1 && Math.min(message.qos, connection.qos) != 1) {
                        times.merge(topic + " " + receipt.number() + " at " + connection.client, 1, Integer::sum);
                    }
                }
            });
        }
        times.forEach((message, count) -> {
            if (count > 1) {
                violated(Promise.NOTHING_TWICE, "%s came %d times".formatted(message, count));
            }
        });
    }

    // --- wills

    private void judgeWills() {
        Map<String, Long> published = log.entrySet().stream()
                .filter(entry -> isLane(entry.getKey(), RecordingClient.WILL))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.groupingBy(will -> publisher(will.topic()) + " " + will.attempt(), counting()));
        for (Connection dead : connections.values()) {
            long times = published.getOrDefault(dead.client + " " + dead.number, 0L);
            // Only clients that have a will break off.
            boolean due = dead.ended == Kind.DIED && !mortalServers.contains(dead.server);
            if (times > (dead.ended == Kind.LEFT || dead.ended == null ? 0 : 1) || (due && times == 0)) {
                violated(
                        Promise.WILL_ONCE,
                        "of %s, which ended as %s, is %d times in the log".formatted(dead, dead.ended, times));
            }
            if (due) {
                connections.values().forEach(subscriber -> judgeWillAt(subscriber, dead));
            }
        }
    }

    private void judgeWillAt(Connection subscriber, Connection dead) {
        String topic = subscriber.group + "/" + dead.client + "/" + RecordingClient.WILL;
        long times = subscriber.received.getOrDefault(topic, List.of()).stream()
                .filter(will -> will.attempt() == dead.number)
                .count();
        boolean promised = subscriber.subscribed >= 0
                && subscriber.subscribed < dead.endedAt
                && subscriber.ended == null
                && subscriber.qos > 0;
        if (times > 1 || (promised && times == 0)) {
            violated(Promise.WILL_ONCE, "of %s came %d times to %s".formatted(dead, times, subscriber));
        }
    }

    /** Fails, unless all promises were kept, and keeps the history of the failure. */
    static void assertKept(History history, List<Violation> violations) {
        if (!violations.isEmpty()) {
            assertThat(violations)
                    .as("promises that were not kept; the history is in %s", history.save())
                    .isEmpty();
        }
    }
}
