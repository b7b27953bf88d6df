package io.sluice.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Random records of durable sessions: every kind, with lists that may be empty. */
final class RandomRecords {

    private static final int MAX_LIST = 4;

    private final Random random;
    private final RandomTopics topics;
    private final RandomMessages messages;

    RandomRecords(long seed) {
        random = new Random(seed);
        topics = new RandomTopics(seed);
        messages = new RandomMessages(seed);
    }

    Command command() {
        String client = client();
        return switch (random.nextInt(20)) {
            case 0 -> new Command.GatewayLost(number(), slot(), "gä-" + slot());
            case 1 -> new Command.Progress(list(this::progress));
            case 2 ->
                new ClientCommand.Attach(
                        client,
                        "gä-" + slot(),
                        slot(),
                        number(),
                        number(),
                        random.nextBoolean(),
                        expiry(),
                        3 + random.nextInt(3),
                        random.nextInt(0x1_0000),
                        "127.0.0.1:" + random.nextInt(),
                        random.nextBoolean() ? new StoredWill(expiry(), messages.next()) : null);
            case 3 ->
                new ClientCommand.Detach(
                        client,
                        number(),
                        random.nextBoolean() ? expiry() : -1,
                        random.nextBoolean() ? ClientCommand.WillAction.PUBLISH : ClientCommand.WillAction.FORGET,
                        random.nextBoolean() ? new long[] {random.nextInt(9), number()} : null,
                        "because");
            case 4 ->
                new ClientCommand.Subscribe(
                        client,
                        number(),
                        offsets(),
                        list(() -> new ClientCommand.Subscribe.Requested(topics.filter(), options())));
            case 5 ->
                new ClientCommand.Unsubscribe(client, number(), offsets(), random.nextInt(9), list(topics::filter));
            case 6 -> new ClientCommand.Assigned(client, number(), assigned());
            case 7 -> new ClientCommand.Receipt(client, number(), receipt());
            case 8 -> new ClientCommand.Release(client, number(), packetId(), random.nextInt(1_000));
            case 9 -> new ClientCommand.Pull(client, number(), number(), offsets());
            case 10 -> new ClientCommand.Due(client, numberOrNone(), number(), dueKind());
            case 11 -> new ClientCommand.Bound(client, number(), assigned());
            case 12 -> new ClientCommand.Fenced(client, number(), group(), number());
            case 13 -> new ClientCommand.Held(client, number(), group(), number());
            default -> groupCommand(client);
        };
    }

    private GroupCommand groupCommand(String client) {
        return switch (random.nextInt(7)) {
            case 0 -> new GroupCommand.Join(group(), "gä-" + slot(), slot(), 1 + random.nextInt(1_000), offsets());
            case 1 -> new GroupCommand.Leave(group(), "gä-" + slot());
            case 2 -> new GroupCommand.Hold(group(), client, number(), number(), random.nextInt(9), offsets());
            case 3 -> new GroupCommand.Drop(group(), client, number(), number(), random.nextInt(9));
            case 4 -> new GroupCommand.Fence(group(), client, number(), number());
            case 5 ->
                new GroupCommand.Advance(
                        group(),
                        "gä-" + slot(),
                        list(() -> new GroupCommand.Advance.Part(
                                slot(), number(), settled().above(), random.nextBoolean(), random.nextBoolean())),
                        list(() ->
                                new GroupCommand.Advance.Binding(number(), client(), number(), number(), assigned())));
            default -> new GroupCommand.Expire(group(), number());
        };
    }

    private GroupId group() {
        return new GroupId("gröup" + random.nextInt(9), topics.filter());
    }

    private SettledOffsets settled() {
        SettledOffsets settled = new SettledOffsets(random.nextInt(9));
        for (OffsetRange range : list(() -> new OffsetRange(random.nextInt(90), 90 + random.nextInt(9)))) {
            settled.add(range);
        }
        settled.add(number(), number());
        return settled;
    }

    Inbox inbox() {
        return random.nextBoolean()
                ? new Inbox.Match(client(), number(), numberOrNone(), messages.logged())
                : new Inbox.Mark(slot(), number(), numberOrNone());
    }

    Fanout fanout() {
        return switch (random.nextInt(6)) {
            case 4 ->
                new Fanout.Assignment(
                        group(),
                        "gw-" + slot(),
                        number(),
                        list(() -> new Fanout.Assignment.Part(
                                slot(), number(), settled(), random.nextBoolean(), random.nextBoolean())));
            case 5 -> new Fanout.Returned(group(), "gw-" + slot(), number(), origin());
            case 0 -> new Fanout.Evict(client(), "gw-" + slot(), number());
            case 1 -> new Fanout.Overflow(client(), "gw-" + slot(), number());
            case 2 -> new Fanout.Refused(client(), "gw-" + slot(), number(), 0x80 + random.nextInt(0x80));
            default -> page();
        };
    }

    SubscriptionsRecord subscriptions() {
        return new SubscriptionsRecord(client(), number(), number(), list(this::version));
    }

    FilterVersion version() {
        long[] from = offsets();
        return new FilterVersion(topics.filter(), options(), number(), from, random.nextBoolean() ? end(from) : null);
    }

    /** A set of origins as it is read: in order, each once. */
    List<Origin> origins() {
        return list(this::origin).stream().sorted().distinct().toList();
    }

    Origin origin() {
        return new Origin(random.nextInt(3), number());
    }

    private Fanout.Page page() {
        return new Fanout.Page(
                client(),
                "gw-" + slot(),
                number(),
                number(),
                random.nextBoolean(),
                number(),
                list(this::version),
                list(() -> new Fanout.Shared(group(), options())),
                offsets(),
                random.nextBoolean(),
                list(this::receipt),
                reuses(),
                list(this::assigned),
                list(this::assignedId),
                list(() -> random.nextBoolean()
                        ? new Fanout.Queued(messages.logged(), random.nextBoolean())
                        : new Fanout.Received(origin())),
                origins(),
                origins(),
                offsets(),
                number());
    }

    private Command.Progress.Session progress() {
        return new Command.Progress.Session(
                client(), number(), origins(), origins(), list(this::assignedId), list(this::assignedId));
    }

    private ReuseCounts reuses() {
        ReuseCounts counts = new ReuseCounts();
        list(this::packetId).forEach(id -> counts.raise(id, 1 + random.nextInt(3)));
        return counts;
    }

    private ClientCommand.Due.Kind dueKind() {
        ClientCommand.Due.Kind[] kinds = ClientCommand.Due.Kind.values();
        return kinds[random.nextInt(kinds.length)];
    }

    private InboundReceipt receipt() {
        return new InboundReceipt(packetId(), random.nextInt(1_000), random.nextInt(12), number());
    }

    private AssignedId assignedId() {
        return new AssignedId(packetId(), random.nextBoolean() ? origin() : new Origin(-1, -1));
    }

    private AssignedDelivery assigned() {
        return new AssignedDelivery(
                packetId(),
                Qos.of(1 + random.nextInt(2)),
                list(() -> 1 + random.nextInt(268_435_455)),
                messages.logged());
    }

    private SubscriptionOptions options() {
        return new SubscriptionOptions(
                Qos.of(random.nextInt(3)), random.nextBoolean(), random.nextBoolean(), random.nextInt(268_435_456));
    }

    private long[] offsets() {
        return random.longs(random.nextInt(MAX_LIST))
                .map(value -> (value >>> 3) - 1)
                .toArray();
    }

    private long[] end(long[] from) {
        long[] to = from.clone();
        for (int i = 0; i < to.length; i++) {
            to[i] += random.nextInt(3);
        }
        return to;
    }

    private String client() {
        return "clïent-" + random.nextInt(10);
    }

    private int slot() {
        return random.nextInt(64);
    }

    private int packetId() {
        return 1 + random.nextInt(65_535);
    }

    private long expiry() {
        return random.nextLong() >>> 32;
    }

    /** Of any size: half of all are below a thousand or so. */
    private long number() {
        return random.nextBoolean() ? random.nextInt(1_000) : random.nextLong() >>> (1 + random.nextInt(63));
    }

    private long numberOrNone() {
        return random.nextBoolean() ? number() : -1;
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(MAX_LIST); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }
}
