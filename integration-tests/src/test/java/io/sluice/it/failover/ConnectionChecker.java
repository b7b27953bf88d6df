package io.sluice.it.failover;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.sluice.it.failover.Account.Connection;
import io.sluice.it.failover.Account.Receipt;
import io.sluice.it.failover.Account.Reception;
import io.sluice.it.failover.Checker.Logged;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Judges the connections of all clients: that they stay, that no client has two, what it is told of its session, and what becomes of its
 * will.
 */
final class ConnectionChecker {

    /** How long a client may have two connections: the gateway of the earlier one is told by way of Kafka. */
    static final Duration TAKE_OVER = Duration.ofSeconds(5);

    private final Account account;
    private final Map<String, Long> publishedWills;
    private final Collection<Trouble> troubles;
    private final List<Violation> violations = new ArrayList<>();

    private ConnectionChecker(Account account, Map<String, List<Logged>> log, Collection<Trouble> troubles) {
        this.account = account;
        this.troubles = troubles;
        this.publishedWills = log.entrySet().stream()
                .filter(entry -> Checker.isLane(entry.getKey(), Plan.WILL))
                .flatMap(entry -> entry.getValue().stream())
                .collect(groupingBy(will -> will.topic() + " " + will.attempt(), counting()));
    }

    static List<Violation> judge(Account account, Map<String, List<Logged>> log, Collection<Trouble> troubles) {
        ConnectionChecker checker = new ConnectionChecker(account, log, troubles);
        account.connections.values().forEach(checker::judgeClient);
        return checker.violations;
    }

    private void violated(Promise promise, String what) {
        violations.add(new Violation(promise, what));
    }

    private void judgeClient(List<Connection> connections) {
        judgeSessions(connections);
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.get(i);
            List<Connection> later = connections.subList(i + 1, connections.size());
            Connection next = later.stream()
                    .filter(candidate -> candidate.answer != null)
                    .findFirst()
                    .orElse(null);
            judgeEnd(connection, next);
            if (!connection.will.isEmpty()) {
                judgeWill(connection, next, next == null ? !later.isEmpty() : next != later.get(0));
            }
        }
    }

    private boolean inTrouble(Connection connection, long when) {
        return troubles.stream().anyMatch(trouble -> trouble.concerns(connection.server, when));
    }

    private void judgeEnd(Connection connection, Connection next) {
        if (connection.ended == Kind.LOST && !inTrouble(connection, connection.endedAt)) {
            violated(Promise.CONNECTED_STAYS, "%s lost it, to %s".formatted(connection, connection.server));
        }
        if (connection.ended != Kind.ABANDONED || next == null) {
            return;
        }
        long limit = next.answeredAt + TAKE_OVER.toNanos();
        boolean inTime = connection.isTakenOver && connection.takenOverAt - limit <= 0;
        boolean excused =
                troubles.stream().anyMatch(trouble -> trouble.touches(connection.server, connection.endedAt, limit));
        if (!inTime && !excused) {
            violated(
                    Promise.ONE_CONNECTION,
                    "%s had it beside connection %d %s"
                            .formatted(
                                    connection,
                                    next.number,
                                    connection.isTakenOver
                                            ? "for %d ms"
                                                    .formatted((connection.takenOverAt - next.answeredAt) / 1_000_000)
                                            : "to the end"));
        }
    }

    // --- sessions

    /** A CONNECT without an answer may have begun a session, or have ended one and begun another. */
    private void judgeSessions(List<Connection> connections) {
        boolean hasOne = false;
        boolean mayHaveOne = false;
        for (Connection connection : connections) {
            boolean asksForIt = connection.asked == Kind.CONNECTING_DURABLY;
            if (connection.answer == Kind.RESUMED && !(asksForIt && mayHaveOne)) {
                violated(Promise.SESSION_IS_TOLD, "%s was told of a session that there is not".formatted(connection));
            } else if (connection.answer == Kind.CONNECTED && asksForIt && hasOne) {
                violated(Promise.SESSION_IS_TOLD, "%s was not told of its session".formatted(connection));
            }
            if (connection.isDurable()) {
                mayHaveOne = true;
                hasOne |= connection.answer != null;
            } else {
                hasOne = false;
                mayHaveOne &= connection.answer == null;
            }
        }
    }

    // --- wills

    /**
     * The will of a connection.
     *
     * @param next the next connection that was answered, or null
     * @param others whether there were others before it, which may have taken the will's session over and lost it again
     */
    private void judgeWill(Connection connection, Connection next, boolean others) {
        long times = publishedWills.getOrDefault(connection.will + " " + connection.number, 0L);
        boolean due = isDue(connection, next, others);
        if (times > (isVoid(connection, next) ? 0 : 1) || (due && times == 0)) {
            violated(
                    Promise.WILL_ONCE,
                    "of %s, which ended as %s%s, is %d times in the log"
                            .formatted(
                                    connection,
                                    connection.ended,
                                    next == null
                                            ? ""
                                            : ", and %s %d ms later"
                                                    .formatted(
                                                            next.answer,
                                                            (next.answeredAt - connection.endedAt) / 1_000_000),
                                    times));
        }
        if (due) {
            account.receptions.forEach(reception -> judgeWillAt(reception, connection));
        }
    }

    private boolean isDue(Connection connection, Connection next, boolean others) {
        if (connection.answer == null || connection.ended == null || connection.ended == Kind.LEFT) {
            return false;
        }
        // It waits no longer than its session.
        boolean isDelayed = connection.isDurable() && connection.willDelayNanos > 0;
        return !isDelayed || (!others && (next == null || next.answer == Kind.CONNECTED));
    }

    /** Whether it must not be published. */
    private boolean isVoid(Connection connection, Connection next) {
        if (connection.ended == null) {
            return connection.answer != null;
        }
        if (connection.ended == Kind.LEFT) {
            // DISCONNECT may not have reached a server in trouble.
            return !inTrouble(connection, connection.endedAt);
        }
        return connection.answer != null
                && next != null
                && next.answer == Kind.RESUMED
                && next.answeredAt - earliestEnd(connection) < connection.willDelayNanos;
    }

    /** The server may have been lost to the cluster before the client noticed. */
    private long earliestEnd(Connection connection) {
        return troubles.stream()
                .filter(trouble -> trouble.touches(connection.server, connection.answeredAt, connection.endedAt))
                .mapToLong(trouble -> later(trouble.from(), connection.answeredAt))
                .reduce(connection.endedAt, ConnectionChecker::earlier);
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private static long later(long a, long b) {
        return a - b < 0 ? b : a;
    }

    private void judgeWillAt(Reception reception, Connection connection) {
        if (reception.subscribed < 0 || reception.isShared() || !connection.will.startsWith(reception.group + "/")) {
            return;
        }
        List<Receipt> came = reception.received.getOrDefault(connection.will, List.of()).stream()
                .filter(will -> will.attempt() == connection.number)
                .toList();
        long times = came.stream().filter(will -> !will.dup()).count();
        boolean promised = reception.subscribed < connection.endedPlace
                && reception.subscribedAt - earliestEnd(connection) < 0
                && !reception.isOver()
                && reception.qos > 0;
        if (times > 1 || (promised && came.isEmpty())) {
            violated(Promise.WILL_ONCE, "of %s came to %s as %s".formatted(connection, reception, came));
        }
    }
}
