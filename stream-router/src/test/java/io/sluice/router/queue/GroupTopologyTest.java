package io.sluice.router.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.wire.AssignedDelivery;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.GroupCommand.Advance;
import io.sluice.wire.GroupId;
import io.sluice.wire.OffsetRange;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import io.sluice.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Groups in the queue stage on the driver of Kafka Streams, with one partition of everything. Offsets of commands count from 0, and
 * what the stage writes there comes back to it.
 */
class GroupTopologyTest {

    private static final Topics TOPICS = new Topics("", 1);
    private static final GroupId GROUP = GroupId.of("$share/g/x/#");
    private static final String CLIENT = "c";
    private static final long SESSION = 0;
    private static final ClientCommand.Held HELD = new ClientCommand.Held(CLIENT, SESSION, GROUP, 6);
    private static final long FAR = 1L << 40;

    private final RecordingQueueEvents events = new RecordingQueueEvents();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> commands;
    private TestOutputTopic<byte[], byte[]> fanout;
    private TestOutputTopic<byte[], byte[]> written;
    private long nextCommand;

    @BeforeEach
    void start(@TempDir Path folder) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPICS.queueApplicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        QueueConfig config = new QueueConfig(
                TOPICS,
                List.of("log", "commands", "inbox"),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ofMinutes(10),
                3,
                1 << 20,
                QueueTopologyTest.UNLIMITED,
                Duration.ofSeconds(10),
                0);
        driver = new TopologyTestDriver(
                QueueTopology.build(config, (topic, partition, offset) -> false, events, Runnable::run), properties);
        commands = driver.createInputTopic(TOPICS.commands(), new ByteArraySerializer(), new ByteArraySerializer());
        fanout = driver.createOutputTopic(TOPICS.fanout(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        written = driver.createOutputTopic(TOPICS.commands(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void theFirstGatewayServesWhereTheGroupBeginsAndASecondGetsItWhenTheFirstLetsGo() throws Exception {
        long epoch = command(join("gw-1", 7));
        Fanout.Assignment first = assignment();
        assertThat(first.incarnation()).isEqualTo("gw-1");
        assertThat(first.parts()).hasSize(1);
        assertThat(first.parts().get(0).settled().below()).isEqualTo(7);
        assertThat(first.parts().get(0).epoch()).isEqualTo(epoch);

        command(join("gw-2", 99));
        assertThat(assignment().parts()).isEmpty();

        command(advance("gw-1", epoch, 7, 9, false));
        command(advance("gw-1", epoch, 11, 12, false));
        command(new GroupCommand.Leave(GROUP, "gw-1"));
        Fanout.Assignment second = assignment();
        assertThat(second.incarnation()).isEqualTo("gw-2");
        assertThat(second.parts().get(0).settled().below()).isEqualTo(9);
        assertThat(second.parts().get(0).settled().above()).containsExactly(new OffsetRange(11, 12));
        assertThat(second.parts().get(0).doubtful()).isFalse();
    }

    @Test
    void whatAGatewayWritesInAnEpochThatIsOverDoesNotCount() throws Exception {
        long epoch = command(join("gw-1", 0));
        command(join("gw-2", 0));
        assignment();
        assignment();
        long lost = command(new Command.GatewayLost(1, 0, "gw-1"));
        Fanout.Assignment taken = assignment();
        assertThat(taken.incarnation()).isEqualTo("gw-2");
        assertThat(taken.parts().get(0).epoch()).isEqualTo(lost);
        assertThat(taken.parts().get(0).doubtful()).isTrue();

        command(advance("gw-1", epoch, 0, 5, false));
        command(join("gw-1", 0));
        command(join("gw-2", 0));
        assertThat(assignment().parts().get(0).settled().below()).isZero();
        assertThat(fanout.isEmpty()).isTrue();
    }

    @Test
    void aMessageIsBoundToASessionOnceAndOnlyByItsPresentConnection() throws Exception {
        connect();
        long epoch = command(join("gw-1", 0));
        command(hold(6, 1));
        assignment();
        assertThat(writtenCommand()).isEqualTo(HELD);

        command(bind(epoch, 6, 0));
        command(bind(epoch, 6, 0));
        ClientCommand.Bound bound = (ClientCommand.Bound) writtenCommand();
        assertThat(bound.sessionId()).isEqualTo(SESSION);
        assertThat(bound.delivery().message().offset()).isZero();
        assertThat(written.isEmpty()).isTrue();

        command(new GroupCommand.Fence(GROUP, CLIENT, SESSION, 8));
        assertThat(writtenCommand()).isEqualTo(new ClientCommand.Fenced(CLIENT, SESSION, GROUP, 8));
        command(bind(epoch, 6, 1));
        assertThat(written.isEmpty()).isTrue();
        assertThat(Fanout.decode(GROUP.key(), fanout.readValue()))
                .isEqualTo(new Fanout.Returned(GROUP, "gw-1", epoch, new Origin(0, 1)));

        command(new GroupCommand.Drop(GROUP, CLIENT, SESSION, 8, 0));
        assertThat(writtenCommand()).isEqualTo(new ClientCommand.Fenced(CLIENT, SESSION, GROUP, 0));
    }

    @Test
    void aSessionThatHasSubscribedAgainIsAMemberWhenTheWordComesThatItHadLeft() throws Exception {
        connect();
        long epoch = command(join("gw-1", 0));
        command(hold(6, 1));
        command(hold(6, 2));
        assertThat(writtenCommand()).isEqualTo(HELD);

        command(new GroupCommand.Drop(GROUP, CLIENT, SESSION, 6, 1));
        assertThat(writtenCommand()).isEqualTo(new ClientCommand.Fenced(CLIENT, SESSION, GROUP, 0));
        assertThat(writtenCommand()).isEqualTo(HELD);
        command(bind(epoch, 6, 0));
        assertThat(writtenCommand()).isInstanceOf(ClientCommand.Bound.class);

        command(new GroupCommand.Drop(GROUP, CLIENT, SESSION, Long.MAX_VALUE, 0));
        assertThat(writtenCommand()).isInstanceOf(ClientCommand.Fenced.class);
        command(bind(epoch, 6, 1));
        assertThat(written.isEmpty()).isTrue();
    }

    @Test
    void aGroupIsToldWhenItIsHeldByASessionThatIsOver() throws Exception {
        command(join("gw-1", 0));
        command(hold(6, 1));
        assertThat(writtenCommand()).isEqualTo(HELD);
        assertThat(writtenCommand())
                .isEqualTo(new GroupCommand.Drop(GROUP, CLIENT, SESSION, Long.MAX_VALUE, Integer.MAX_VALUE));
        assertThat(writtenCommand()).isEqualTo(new ClientCommand.Fenced(CLIENT, SESSION, GROUP, 0));
    }

    @Test
    void aGroupWithDurableMembersKeepsItsPlaceForATime() throws Exception {
        connect();
        long epoch = command(join("gw-1", 3));
        command(hold(6, 1));
        assertThat(writtenCommand()).isEqualTo(HELD);
        command(advance("gw-1", epoch, 3, 5, false));
        command(new GroupCommand.Leave(GROUP, "gw-1"));
        assignment();
        command(join("gw-2", FAR));
        assertThat(assignment().parts().get(0).settled().below()).isEqualTo(5);

        long left = command(new GroupCommand.Leave(GROUP, "gw-2")) + 1; // Held came back.
        driver.advanceWallClockTime(Duration.ofMinutes(11));
        GroupCommand.Expire expire = (GroupCommand.Expire) writtenCommand();
        assertThat(expire).isEqualTo(new GroupCommand.Expire(GROUP, left));
        command(join("gw-3", FAR));
        assertThat(assignment().parts().get(0).settled().below()).isEqualTo(FAR);
    }

    @Test
    void aGroupWithoutDurableMembersEndsWithItsLastGateway() throws Exception {
        command(join("gw-1", 3));
        command(new GroupCommand.Leave(GROUP, "gw-1"));
        assignment();
        command(join("gw-2", FAR));
        assertThat(assignment().parts().get(0).settled().below()).isEqualTo(FAR);
    }

    /** The client has the session from now on. */
    private void connect() {
        command(new ClientCommand.Attach(
                CLIENT, "gw-1", 0, 1, 0, false, ClientCommand.Attach.FOREVER, 5, 0, "somewhere", null));
        fanout.readRecord();
    }

    private long command(Command command) {
        commands.pipeInput(command.key(), command.value());
        return nextCommand++;
    }

    private static GroupCommand.Join join(String incarnation, long at) {
        return new GroupCommand.Join(GROUP, incarnation, 0, 1, new long[] {at});
    }

    private static GroupCommand.Hold hold(long connection, int turn) {
        return new GroupCommand.Hold(GROUP, CLIENT, SESSION, connection, turn, new long[] {0});
    }

    private static Advance advance(String incarnation, long epoch, long from, long to, boolean released) {
        return new Advance(
                GROUP,
                incarnation,
                List.of(new Advance.Part(0, epoch, List.of(new OffsetRange(from, to)), false, released)),
                List.of());
    }

    private static Advance bind(long epoch, long connection, long offset) {
        PublishRecord message = new PublishRecord(
                "x/y".getBytes(StandardCharsets.UTF_8),
                new byte[0],
                Qos.EXACTLY_ONCE,
                false,
                null,
                PublishProperties.NONE,
                0,
                offset,
                1);
        return new Advance(
                GROUP,
                "gw-1",
                List.of(),
                List.of(new Advance.Binding(
                        epoch,
                        CLIENT,
                        SESSION,
                        connection,
                        new AssignedDelivery(65_535, Qos.EXACTLY_ONCE, List.of(), message))));
    }

    private Fanout.Assignment assignment() throws DamagedRecordException {
        TestRecord<byte[], byte[]> record = fanout.readRecord();
        return (Fanout.Assignment) Fanout.decode(record.key(), record.value());
    }

    private Command writtenCommand() throws DamagedRecordException {
        TestRecord<byte[], byte[]> record = written.readRecord();
        return Command.decode(record.key(), record.value());
    }
}
