package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.failover.Account.Calm;
import io.sluice.it.failover.Account.Message;
import io.sluice.it.failover.Account.Receipt;
import io.sluice.it.failover.Account.Reception;
import io.sluice.it.failover.Checker.Violation.Promise;
import io.sluice.it.failover.History.Event;
import io.sluice.it.failover.Plan.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges what happened to all clients, and what stands in the log, against what they are promised. It asks none of the product's
 * own counters. What is about connections and not about messages is judged by {@link ConnectionChecker}, what several
 * subscribers share by {@link ShareChecker}.
 *
 * <p>A subscriber with clean sessions whose connection is lost may miss what is published until it has subscribed again. While
 * its connection lasts it misses nothing that was sent after its SUBACK and that was acknowledged; of a connection that has ended,
 * nothing of a topic's that stands before something that came. A durable session stands for a connection in that, however many
 * connections it has. At QoS 0 a message may get lost while something fails, at QoS 1 it may come again, and says so.
 */
final class Checker {

    /** A promise that was not kept, and how. */
    record Violation(Promise promise, String what) {

        /** What is promised. */
        enum Promise {
            /** What comes, or stands in the log, was sent by somebody; and to a client comes only what it asked for. */
            NOTHING_FOREIGN,
            /** A payload is what it was when it was sent. */
            PAYLOAD_IS_WHOLE,
            /** The QoS that was asked for is granted, and a message comes at the lower one of its own and the granted. */
            QOS_IS_RIGHT,
            /** What was acknowledged is in the log. */
            ACKNOWLEDGED_IS_LOGGED,
            /** A subscriber gets what was acknowledged, and what was sent at QoS 0 while nothing failed. */
            SUBSCRIBED_GETS_ALL,
            /** At QoS 0 and 2 nothing comes twice, nor stands in the log twice. */
            NOTHING_TWICE,
            /** What comes again at QoS 1, or before the client has released it at QoS 2, has DUP, and comes over a later connection. */
            REPETITION_IS_MARKED,
            /**
             * At QoS 1 nothing stands in the log more often than it was sent, nor comes to another one of those who share a
             * subscription while the connection lasts over which it came.
             */
            REPETITION_HAS_CAUSE,
            /** What comes again has the packet identifier that it had. */
            IDENTIFIER_STAYS,
            /**
             * The messages of a publisher, topic and QoS stand in the log and come in the order of their sending, as does what
             * comes again over a later connection.
             */
            IN_ORDER,
            /** A SUBSCRIBE finds what was retained, and does not find what was cleared, before it. */
            RETAINED_IS_SEEN,
            /**
             * A will comes once if its client broke off, never if it said good-bye or resumed its session before the will's delay
             * was over, and never twice.
             */
            WILL_ONCE,
            /** A connection outlives faults of everything but its gateway. */
            CONNECTED_STAYS,
            /** A client is told that it has a session if it has one, and only then. */
            SESSION_IS_TOLD,
            /** When a client connects again, the connection that it had ends. */
            ONE_CONNECTION
        }
    }

    /** A message as it stands in the log, but for second copies that readers drop; those of a topic in their order. */
    record Logged(String topic, int number, int attempt) {}

    private final Account account;
    /** The same with what happened until the log was read. */
    private final Account later;

    private final Map<String, List<Logged>> log;
    /** How often a message stands in the log, by topic and number. */
    private final Map<String, Map<Integer, Integer>> copies = new HashMap<>();

    private final List<Violation> violations = new ArrayList<>();

    private Checker(Account account, Account later, Map<String, List<Logged>> log) {
        this.account = account;
        this.later = later;
        this.log = log;
        log.forEach((topic, logged) -> {
            Map<Integer, Integer> times = copies.computeIfAbsent(topic, unused -> new HashMap<>());
            // What clears has no payload that would tell its number.
            logged.stream()
                    .filter(message -> message.number() > 0)
                    .forEach(message -> times.merge(message.number(), 1, Integer::sum));
        });
    }

    /**
     * All promises that were not kept.
     *
     * @param history what is judged
     * @param later the same with what happened until the log was read
     * @param logged what stands in the log of the topics of this history
     * @param troubles when connections may be lost
     */
    static List<Violation> judge(
            Collection<Event> history,
            Collection<Event> later,
            Collection<Logged> logged,
            Collection<Trouble> troubles) {
        Map<String, List<Logged>> log = logged.stream().collect(Collectors.groupingBy(Logged::topic));
        Account account = new Account(history);
        Checker checker = new Checker(account, new Account(later), log);
        checker.judgeLog();
        checker.judgeUnreadable();
        account.receptions.forEach(checker::judgeReception);
        checker.judgeRepetitions();
        checker.violations.addAll(ShareChecker.judge(account, checker::copies, troubles));
        checker.violations.addAll(ConnectionChecker.judge(account, log, troubles));
        return checker.violations;
    }

    static boolean isLane(String topic, String level) {
        return topic.endsWith("/" + level);
    }

    private void violated(Promise promise, String what) {
        violations.add(new Violation(promise, what));
    }

    private int copies(String topic, int number) {
        return copies.getOrDefault(topic, Map.of()).getOrDefault(number, 0);
    }

    // --- the log

    private void judgeLog() {
        log.forEach((topic, messages) -> messages.stream()
                .filter(message -> !later.isKnown(topic, message.number(), message.attempt()))
                .forEach(message -> violated(
                        message.number() < 0 ? Promise.PAYLOAD_IS_WHOLE : Promise.NOTHING_FOREIGN,
                        message + " is in the log")));
        account.messages.forEach((topic, messages) -> {
            messages.forEach((number, message) -> {
                int found = copies(topic, number);
                if (message.isAcknowledged() && !message.clears && found == 0) {
                    violated(
                            Promise.ACKNOWLEDGED_IS_LOGGED,
                            "%s %d was acknowledged, is not in the log".formatted(topic, number));
                }
                if (message.qos != 1 && found > 1) {
                    violated(Promise.NOTHING_TWICE, "%s %d is in the log %d times".formatted(topic, number, found));
                }
            });
            List<Logged> logged = log.getOrDefault(topic, List.of());
            judgeOrder(
                    topic + " in the log",
                    logged.stream()
                            .map(Logged::number)
                            .filter(number -> !isGivenUp(messages.get(number)))
                            .toList());
            judgeClears(topic, messages, logged);
            judgeCopies(topic, logged);
        });
    }

    /** At QoS 1 each time that it is sent may put a message into the log. */
    private void judgeCopies(String topic, List<Logged> logged) {
        if (account.qos(topic) != 1) {
            return;
        }
        logged.stream()
                .collect(Collectors.groupingBy(message -> message, Collectors.counting()))
                .forEach((message, found) -> {
                    int sent = later.timesSent(topic, message.number(), message.attempt());
                    if (sent > 0 && found > sent) {
                        violated(
                                Promise.REPETITION_HAS_CAUSE,
                                "%s was sent %d times, is in the log %d times".formatted(message, sent, found));
                    }
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
            if (number > 0 && seen.add(number)) {
                if (number < last) {
                    violated(Promise.IN_ORDER, "%s: %d comes after %d".formatted(where, number, last));
                }
                last = Math.max(last, number);
            }
        }
    }

    // --- subscribers

    private void judgeUnreadable() {
        account.damaged.forEach(event -> violated(Promise.PAYLOAD_IS_WHOLE, event.toString()));
        account.unasked.forEach(event -> violated(Promise.NOTHING_FOREIGN, event.toString()));
    }

    private void judgeReceipts(Reception reception, Map<String, List<Receipt>> receipts) {
        receipts.forEach((topic, came) -> {
            boolean asked = topic.startsWith(reception.group + "/");
            int qos = Math.min(account.qos(topic), reception.qos);
            for (Receipt receipt : came) {
                if (!asked || !account.isKnown(topic, receipt.number(), receipt.attempt())) {
                    violated(Promise.NOTHING_FOREIGN, "%s: %s came to %s".formatted(topic, receipt, reception));
                } else if (receipt.qos() != qos) {
                    violated(
                            Promise.QOS_IS_RIGHT,
                            "%s: %s came to %s, which is to have QoS %d".formatted(topic, receipt, reception, qos));
                }
            }
        });
    }

    private void judgeReception(Reception reception) {
        judgeReceipts(reception, reception.received);
        judgeReceipts(reception, reception.retained);
        if (reception.subscribed < 0) {
            return;
        }
        if (reception.qos != reception.asked) {
            violated(
                    Promise.QOS_IS_RIGHT,
                    "%s asked for QoS %d, was granted %d".formatted(reception, reception.asked, reception.qos));
        }
        if (reception.isShared()) {
            return;
        }
        account.messages.forEach((topic, messages) -> {
            if (!topic.startsWith(reception.group + "/")) {
                return;
            }
            List<Receipt> receipts = reception.received.getOrDefault(topic, List.of());
            List<Integer> numbers = receipts.stream()
                    .filter(receipt -> !receipt.again())
                    .map(Receipt::number)
                    .toList();
            judgeOrder(
                    topic + " at " + reception,
                    numbers.stream()
                            .filter(number -> !mayComeLate(reception, topic, number, messages.get(number)))
                            .toList());
            judgeOrderOfRepetitions(reception, topic, messages, receipts);
            judgeMissing(reception, topic, messages, numbers);
            if (Math.min(account.qos(topic), reception.qos) == 0 && reception.isOfOneConnection()) {
                account.calms.forEach(calm -> judgeCalm(calm, reception, topic, messages, Set.copyOf(numbers)));
            }
            judgeIdentifiers(reception, topic, receipts);
            if (isLane(topic, Lane.STATE.level()) && reception.heardItself >= 0) {
                judgeRetained(reception, topic, messages);
            }
        });
    }

    /**
     * What comes again over a later connection comes in the order in which it came first, and before what is newer. Of what
     * stands in the log twice nobody knows whether it comes again or for the second time.
     */
    private void judgeOrderOfRepetitions(
            Reception reception, String topic, Map<Integer, Message> messages, List<Receipt> receipts) {
        Set<Integer> earlier = new HashSet<>();
        Map<Integer, Integer> newest = new HashMap<>();
        for (Receipt receipt : receipts) {
            int number = receipt.number();
            if (number <= 0 || isGivenUp(messages.get(number)) || copies(topic, number) > 1) {
                continue;
            }
            int before = newest.getOrDefault(receipt.connection(), 0);
            if (!earlier.add(number) && number < before) {
                violated(
                        Promise.IN_ORDER,
                        "%s: %d comes again after %d to %s over its connection %d"
                                .formatted(topic, number, before, reception, receipt.connection()));
            }
            newest.put(receipt.connection(), Math.max(number, before));
        }
    }

    /** Its first copy may stand in the log before the subscription, and a second one anywhere behind. */
    private boolean mayComeLate(Reception reception, String topic, int number, Message message) {
        return isGivenUp(message)
                || (message != null && message.sent < reception.subscribed && copies(topic, number) > 1);
    }

    /** The order is that of a session. */
    private static boolean isGivenUp(Message message) {
        return message != null && message.isGivenUp;
    }

    private void judgeMissing(
            Reception reception, String topic, Map<Integer, Message> messages, List<Integer> received) {
        Set<Integer> came = new HashSet<>(received);
        int last = received.stream().mapToInt(Integer::intValue).max().orElse(0);
        messages.forEach((number, message) -> {
            boolean promised = Math.min(message.qos, reception.qos) > 0
                    && message.isAcknowledged()
                    && !message.clears
                    && message.sent > reception.subscribed
                    && (!reception.isOver() || number < last);
            if (promised && !came.contains(number)) {
                violated(Promise.SUBSCRIBED_GETS_ALL, "%s %d did not come to %s".formatted(topic, number, reception));
            }
        });
    }

    /** At QoS 0 nothing gets lost either while nothing fails; up to the last that came the order tells that nothing is to come. */
    private void judgeCalm(
            Calm calm, Reception reception, String topic, Map<Integer, Message> messages, Set<Integer> came) {
        int last = calm.lasts() && !reception.isOver()
                ? Integer.MAX_VALUE
                : messages.entrySet().stream()
                        .filter(entry -> calm.contains(entry.getValue().sent) && came.contains(entry.getKey()))
                        .mapToInt(Map.Entry::getKey)
                        .max()
                        .orElse(0);
        messages.forEach((number, message) -> {
            boolean promised = (message.qos == 0 || message.isAcknowledged())
                    && !message.clears
                    && calm.contains(message.sent)
                    && message.sent > reception.subscribed
                    && number < last;
            if (promised && !came.contains(number)) {
                violated(
                        Promise.SUBSCRIBED_GETS_ALL,
                        "%s %d did not come to %s, although nothing failed".formatted(topic, number, reception));
            }
        });
    }

    private void judgeIdentifiers(Reception reception, String topic, List<Receipt> receipts) {
        Map<Integer, Set<Integer>> identifiers = new HashMap<>();
        receipts.stream()
                .filter(receipt -> receipt.qos() > 0 && receipt.number() > 0)
                .forEach(receipt -> identifiers
                        .computeIfAbsent(receipt.number(), unused -> new HashSet<>())
                        .add(receipt.packetId()));
        identifiers.forEach((number, ids) -> {
            if (ids.size() > Math.max(1, copies(topic, number))) {
                violated(
                        Promise.IDENTIFIER_STAYS,
                        "%s %d came to %s with identifiers %s".formatted(topic, number, reception, ids));
            }
        });
    }

    /**
     * Whatever was acknowledged before the SUBSCRIBE counts, and what was sent later may count. So what came is the last of the
     * former, or one of the latter; nothing came if that one clears, or if there is none.
     */
    private void judgeRetained(Reception reception, String topic, Map<Integer, Message> messages) {
        int oldest = messages.entrySet().stream()
                .filter(entry ->
                        entry.getValue().isAcknowledged() && entry.getValue().acknowledged < reception.subscribing)
                .mapToInt(Map.Entry::getKey)
                .max()
                .orElse(0);
        Set<Integer> possible = new HashSet<>();
        boolean mayBeNone = oldest == 0;
        for (Map.Entry<Integer, Message> entry : messages.entrySet()) {
            if (entry.getKey() >= oldest && entry.getValue().sent < reception.heardItself) {
                mayBeNone |= entry.getValue().clears;
                if (!entry.getValue().clears) {
                    possible.add(entry.getKey());
                }
            }
        }
        List<Integer> came = reception.retained.getOrDefault(topic, List.of()).stream()
                .filter(receipt -> !receipt.dup())
                .map(Receipt::number)
                .toList();
        boolean right = came.isEmpty() ? mayBeNone : came.size() == 1 && possible.contains(came.get(0));
        if (!right) {
            violated(
                    Promise.RETAINED_IS_SEEN,
                    "of %s, %s found %s; %d was acknowledged before, possible are %s%s"
                            .formatted(
                                    topic,
                                    reception,
                                    came.isEmpty() ? "nothing" : came,
                                    oldest,
                                    possible,
                                    mayBeNone ? " and nothing" : ""));
        }
    }

    // --- what comes again

    private void judgeRepetitions() {
        Map<String, Map<String, List<Receipt>>> byClient = new HashMap<>();
        for (Reception reception : account.receptions) {
            if (reception.isShared()) {
                continue; // What another member left behind comes as if it had not come before.
            }
            Map<String, List<Receipt>> ofClient = byClient.computeIfAbsent(reception.client, unused -> new HashMap<>());
            reception.received.forEach((topic, receipts) ->
                    ofClient.computeIfAbsent(topic, unused -> new ArrayList<>()).addAll(receipts));
        }
        byClient.forEach((client, topics) -> topics.forEach((topic, receipts) -> {
            Map<Integer, Message> messages = account.messages.getOrDefault(topic, Map.of());
            receipts.stream()
                    .filter(receipt -> messages.containsKey(receipt.number()))
                    .collect(Collectors.groupingBy(Receipt::number))
                    .forEach((number, same) -> judgeRepetition(client, topic, number, messages.get(number), same));
        }));
    }

    private void judgeRepetition(String client, String topic, int number, Message message, List<Receipt> same) {
        if (same.size() == 1) {
            return;
        }
        // At QoS 1 its publisher may have sent it again.
        int copies = message.qos == 1 ? Math.max(1, copies(topic, number)) : 1;
        long times = same.stream().filter(receipt -> !receipt.again()).count();
        if (times > copies && same.get(0).qos() != 1) {
            violated(Promise.NOTHING_TWICE, "%s %d came %d times to %s".formatted(topic, number, times, client));
            return;
        }
        long unmarked = same.stream().filter(receipt -> !receipt.dup()).count();
        long mostOnOne =
                same.stream()
                        .collect(Collectors.groupingBy(Receipt::connection, Collectors.counting()))
                        .values()
                        .stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
        if (unmarked > copies || mostOnOne > copies) {
            violated(
                    Promise.REPETITION_IS_MARKED,
                    "%s %d, which is in the log %d times, came to %s as %s"
                            .formatted(topic, number, copies, client, same));
        }
    }

    /** Fails, unless all promises were kept. */
    static void assertKept(List<Violation> violations) {
        Map<Promise, Long> counts =
                violations.stream().collect(Collectors.groupingBy(Violation::promise, Collectors.counting()));
        assertThat(violations).as("promises that were not kept: %s", counts).isEmpty();
    }
}
