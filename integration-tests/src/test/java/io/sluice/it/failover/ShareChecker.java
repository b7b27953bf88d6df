package io.sluice.it.failover;

import static java.util.stream.Collectors.groupingBy;

import io.sluice.it.failover.Account.Connection;
import io.sluice.it.failover.Account.Message;
import io.sluice.it.failover.Account.Receipt;
import io.sluice.it.failover.Account.Reception;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntBiFunction;

/**
 * Judges what subscribers share that keep their sessions: from the first SUBACK on each message comes to one of them; at QoS 1
 * it may come to another one too, when the connection of the former is over. Nothing retained comes to them.
 */
final class ShareChecker {

    /** What a member has for longer than {@code groups.releaseTimeout} may go to another one, and then have come to both. */
    private static final Duration RELEASE = Duration.ofSeconds(2);

    /**
     * A message that came to a member.
     *
     * @param over the connection over which
     */
    private record Arrival(Connection over, Receipt receipt) {
        /** Whether its connection was over when something else came. */
        boolean isOver(Receipt then) {
            return over.ended != null && over.endedPlace < then.place();
        }
    }

    private final Account account;
    private final ToIntBiFunction<String, Integer> copies;
    private final Collection<Trouble> troubles;
    private final List<Violation> violations = new ArrayList<>();

    private ShareChecker(Account account, ToIntBiFunction<String, Integer> copies, Collection<Trouble> troubles) {
        this.account = account;
        this.copies = copies;
        this.troubles = troubles;
    }

    /** @param copies how often a message stands in the log, by topic and number */
    static List<Violation> judge(
            Account account, ToIntBiFunction<String, Integer> copies, Collection<Trouble> troubles) {
        ShareChecker checker = new ShareChecker(account, copies, troubles);
        account.receptions.stream()
                .filter(Reception::isShared)
                .collect(groupingBy(reception -> reception.share + "/" + reception.group))
                .forEach(checker::judgeShare);
        return checker.violations;
    }

    private void violated(Promise promise, String what) {
        violations.add(new Violation(promise, what));
    }

    private void judgeShare(String share, List<Reception> members) {
        int begun = members.stream()
                .mapToInt(member -> member.subscribed)
                .filter(place -> place >= 0)
                .min()
                .orElse(Integer.MAX_VALUE);
        String group = members.get(0).group + "/";
        Map<String, Map<Integer, List<Arrival>>> came = new HashMap<>();
        members.forEach(member -> member.received.forEach((topic, receipts) -> receipts.stream()
                .filter(receipt -> !receipt.again())
                .forEach(receipt -> came.computeIfAbsent(topic, unused -> new HashMap<>())
                        .computeIfAbsent(receipt.number(), unused -> new ArrayList<>())
                        .add(new Arrival(account.connection(member.client, receipt), receipt)))));
        members.stream()
                .filter(member -> !member.retained.isEmpty())
                .forEach(member -> violated(
                        Promise.NOTHING_FOREIGN, "%s got what is retained: %s".formatted(member, member.retained)));
        account.messages.forEach((topic, messages) -> {
            if (topic.startsWith(group)) {
                Map<Integer, List<Arrival>> ofTopic = came.getOrDefault(topic, Map.of());
                messages.forEach((number, message) ->
                        judgeMessage(share, topic, number, message, begun, ofTopic.getOrDefault(number, List.of())));
            }
        });
    }

    private void judgeMessage(String share, String topic, int number, Message message, int begun, List<Arrival> came) {
        boolean promised = message.qos > 0 && message.isAcknowledged() && !message.clears && message.sent > begun;
        if (promised && came.isEmpty()) {
            violated(Promise.SUBSCRIBED_GETS_ALL, "%s %d did not come to any of %s".formatted(topic, number, share));
        }
        // At QoS 1 its publisher may have sent it again.
        int most = message.qos == 1 ? Math.max(1, copies.applyAsInt(topic, number)) : 1;
        if (came.size() <= most) {
            return;
        }
        if (came.stream().allMatch(arrival -> arrival.receipt().qos() != 1)) {
            violated(Promise.NOTHING_TWICE, "%s %d came to %s as %s".formatted(topic, number, share, receipts(came)));
        } else if (came.stream().anyMatch(arrival -> holders(arrival, came, message) >= most)) {
            violated(
                    Promise.REPETITION_HAS_CAUSE,
                    "%s %d, which is in the log %d times, came to %s as %s"
                            .formatted(topic, number, most, share, receipts(came)));
        }
    }

    private static List<Receipt> receipts(List<Arrival> came) {
        return came.stream()
                .map(Arrival::receipt)
                .sorted(Comparator.comparing(Receipt::place))
                .toList();
    }

    /** How many have a message when it comes once more. */
    private long holders(Arrival arrival, List<Arrival> came, Message message) {
        Receipt receipt = arrival.receipt();
        return came.stream()
                .filter(earlier -> earlier.receipt().place() < receipt.place())
                .filter(earlier -> !earlier.isOver(receipt) && !mayHaveGoneOn(earlier, receipt, message))
                .count();
    }

    /** Whether a message may have gone from one member to the next although the former's connection lasts, as far as it knows. */
    private boolean mayHaveGoneOn(Arrival earlier, Receipt receipt, Message message) {
        return earlier.receipt().at() - message.sentAt >= RELEASE.toNanos()
                || troubles.stream()
                        .anyMatch(trouble -> trouble.touches(
                                earlier.over().server, earlier.receipt().at(), receipt.at()));
    }
}
