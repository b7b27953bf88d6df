package io.sluice.gateway.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupCommand.Advance;
import io.sluice.wire.GroupId;
import io.sluice.wire.Heartbeat;
import io.sluice.wire.OffsetRange;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.SettledOffsets;
import io.sluice.wire.SubscriptionOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** One group on a log of one partition, whose commands are durable when they are written unless a test holds them back. */
class LocalGroupsTest {

    private static final GroupId GROUP = GroupId.of("$share/g/t");
    private static final long PUBLISHED_AT = 5_000;
    private static final int HEADROOM_BYTES = 128 * 1024;

    private final List<PublishRecord> log = new ArrayList<>();
    private final List<GroupCommand> written = new ArrayList<>();
    private final List<SharedDelivery> delivered = new ArrayList<>();
    private final Link link = new Link();

    private LocalGroups groupWithAMember(int window, int messages) {
        LocalGroups groups = new LocalGroups(new GroupLimits(window, 1_000, window, Long.MAX_VALUE, 1_000, 1), link);
        for (int offset = 0; offset < messages; offset++) {
            log.add(new PublishRecord(
                    "t".getBytes(StandardCharsets.UTF_8),
                    new byte[1],
                    Qos.AT_LEAST_ONCE,
                    false,
                    null,
                    PublishProperties.NONE,
                    0,
                    offset,
                    PUBLISHED_AT));
        }
        GroupClient client = new Client(window);
        List<Fanout.Shared> wanted =
                List.of(new Fanout.Shared(GROUP, new SubscriptionOptions(Qos.AT_LEAST_ONCE, false, false, 0)));
        groups.expect(client, null, wanted, new long[] {0}, () -> groups.add(client, wanted));
        groups.fanout(assignment(false));
        for (int i = 0; i <= 1 + messages / 1_000; i++) {
            groups.serve();
        }
        return groups;
    }

    private Fanout.Assignment assignment(boolean release) {
        return new Fanout.Assignment(
                GROUP,
                link.identity().incarnation(),
                0,
                List.of(new Fanout.Assignment.Part(0, 0, new SettledOffsets(0), false, release)));
    }

    @Test
    void whatIsSettledFindsRoomBesideTheLargestMessageOfARecordHoweverScatteredItIs() {
        LocalGroups groups = groupWithAMember(25_000, 25_000);
        assertThat(delivered).hasSize(25_000);
        written.clear();
        for (int i = 0; i < delivered.size(); i += 2) {
            delivered.get(i).done();
        }
        groups.tick();

        SettledOffsets settled = new SettledOffsets(0);
        for (GroupCommand command : written) {
            assertThat(command.value().length).isLessThan(HEADROOM_BYTES);
            for (Advance.Part part : ((Advance) command).parts()) {
                part.settled().forEach(settled::add);
            }
        }
        List<OffsetRange> wanted = new ArrayList<>();
        for (int offset = 2; offset < 25_000; offset += 2) {
            wanted.add(new OffsetRange(offset, offset + 1));
        }
        assertThat(settled.below()).isEqualTo(1);
        assertThat(settled.above()).isEqualTo(wanted);
    }

    @Test
    void aGroupWhoseMembersHaveNoRoomTellsSinceWhenMessagesWait() {
        LocalGroups groups = groupWithAMember(1, 2);
        assertThat(groups.oldestWaiting()).containsOnlyKeys(GROUP).containsValue(PUBLISHED_AT);
        delivered.get(0).done();
        groups.serve();
        assertThat(groups.oldestWaiting()).isEmpty();
    }

    @Test
    void whatComesBackAfterTheLogHasRemovedItHoldsTheGroupUpNoLonger() {
        LocalGroups groups = groupWithAMember(10, 8);
        written.clear();
        link.removedBelow = 6;
        groups.fanout(new Fanout.Returned(GROUP, link.identity().incarnation(), 0, new Origin(0, 5)));
        groups.tick();
        assertThat(written)
                .singleElement()
                .satisfies(
                        command -> assertThat(((Advance) command).parts().get(0).settled())
                                .containsExactly(new OffsetRange(5, 6)));
    }

    @Test
    void nothingIsGivenToMembersWhileKafkaTakesNothing() {
        link.isTaken = false;
        LocalGroups groups = groupWithAMember(10, 5);
        assertThat(delivered).isEmpty();
        link.isTaken = true;
        groups.tick();
        assertThat(delivered).hasSize(5);
    }

    /** Kafka may take the release and not what was written before it: then others would get again what is settled. */
    @Test
    void aPartitionIsLetGoOfWhenWhatWasSettledInItIsDurable() {
        LocalGroups groups = groupWithAMember(10, 1);
        link.heldBack = new ArrayList<>();
        delivered.get(0).done();
        groups.tick();
        groups.fanout(assignment(true));
        written.clear();
        groups.tick();
        assertThat(written).isEmpty();

        // Of what the log goes on by nothing is written meanwhile either: there would always be something on its way.
        log.add(log.get(0));
        link.now += 10_000;
        groups.tick();
        assertThat(written).isEmpty();

        link.heldBack.forEach(durable -> durable.accept(0));
        groups.tick();
        assertThat(written)
                .singleElement()
                .satisfies(
                        command -> assertThat(((Advance) command).parts().get(0).released())
                                .isTrue());
    }

    /** Its Join was taken behind its Leave, at a later try. */
    @Test
    void aGatewayThatIsGivenWhatItHasLeftLeavesAgain() {
        new LocalGroups(new GroupLimits(1, 1, 1, 1, 1, 1), link).fanout(assignment(false));
        assertThat(written)
                .containsExactly(new GroupCommand.Leave(GROUP, link.identity().incarnation()));
    }

    private final class Client implements GroupClient {
        private final int window;

        private Client(int window) {
            this.window = window;
        }

        @Override
        public int lane() {
            return 0;
        }

        @Override
        public boolean isDurable() {
            return false;
        }

        @Override
        public boolean hasEnded() {
            return false;
        }

        @Override
        public int window() {
            return window;
        }

        @Override
        public void deliverShared(SharedDelivery delivery) {
            delivered.add(delivery);
        }

        @Override
        public void resync() {
            throw new AssertionError("it has no session");
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    private final class Link implements GroupLink {
        private boolean isTaken = true;
        private long removedBelow;
        private long now;
        /** What becomes durable later, if not at once. */
        private List<LongConsumer> heldBack;

        @Override
        public Heartbeat identity() {
            return new Heartbeat("gateway", 0);
        }

        @Override
        public long lease() {
            return 1;
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public long[] passed() {
            return new long[] {log.size()};
        }

        @Override
        public void ends(Consumer<long[]> then) {
            then.accept(passed());
        }

        @Override
        public void append(GroupCommand command, LongConsumer durable) {
            written.add(command);
            if (heldBack == null) {
                durable.accept(0);
            } else {
                heldBack.add(durable);
            }
        }

        @Override
        public boolean isWritten(GroupId group) {
            return isTaken;
        }

        @Override
        public void send(SharedDelivery delivery) {
            delivery.client().deliverShared(delivery);
        }

        @Override
        public void read(GroupId group, int partition, long from, int most, Consumer<Found> found) {
            if (from < removedBelow) {
                found.accept(new Found(List.of(), removedBelow));
                return;
            }
            int to = (int) Math.min(log.size(), from + most);
            found.accept(new Found(List.copyOf(log.subList((int) from, to)), to));
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void dropped() {}
    }
}
