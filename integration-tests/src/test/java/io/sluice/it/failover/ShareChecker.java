package io.sluice.it.failover;

import static java.util.stream.Collectors.groupingBy;

import io.sluice.it.failover.Account.Message;
import io.sluice.it.failover.Account.Receipt;
import io.sluice.it.failover.Account.Reception;
import io.sluice.it.failover.Checker.Violation;
import io.sluice.it.failover.Checker.Violation.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges what subscribers share that keep their sessions: from the first SUBACK on each message comes to one of them; at QoS 1
 * it may come to another one too, when the former broke off. Nothing retained comes to them.
 */
final class ShareChecker {

    private final Account account;
    private final List<Violation> violations = new ArrayList<>();

    private ShareChecker(Account account) {
        this.account = account;
    }

    static List<Violation> judge(Account account) {
        ShareChecker checker = new ShareChecker(account);
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
        Map<String, Map<Integer, List<Receipt>>> came = new HashMap<>();
        members.forEach(member -> member.received.forEach((topic, receipts) -> receipts.stream()
                .filter(receipt -> !receipt.again())
                .forEach(receipt -> came.computeIfAbsent(topic, unused -> new HashMap<>())
                        .computeIfAbsent(receipt.number(), unused -> new ArrayList<>())
                        .add(receipt))));
        members.stream()
                .filter(member -> !member.retained.isEmpty())
                .forEach(member -> violated(
                        Promise.NOTHING_FOREIGN, "%s got what is retained: %s".formatted(member, member.retained)));
        account.messages.forEach((topic, messages) -> {
            if (topic.startsWith(group)) {
                Map<Integer, List<Receipt>> ofTopic = came.getOrDefault(topic, Map.of());
                messages.forEach((number, message) ->
                        judgeMessage(share, topic, number, message, begun, ofTopic.getOrDefault(number, List.of())));
            }
        });
    }

    private void judgeMessage(String share, String topic, int number, Message message, int begun, List<Receipt> came) {
        boolean promised = message.qos > 0 && message.isAcknowledged() && !message.clears && message.sent > begun;
        if (promised && came.isEmpty()) {
            violated(Promise.SUBSCRIBED_GETS_ALL, "%s %d did not come to any of %s".formatted(topic, number, share));
        }
        if (came.size() > 1 && came.stream().allMatch(receipt -> receipt.qos() == 2)) {
            violated(Promise.NOTHING_TWICE, "%s %d came to %s as %s".formatted(topic, number, share, came));
        }
    }
}
