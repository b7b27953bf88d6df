package io.sluice.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttClient;
import io.sluice.bench.mqtt.Packets;
import io.sluice.bench.mqtt.PublishTemplate;

/**
 * Sends messages while its window has room and, at a fixed rate, while they are due. Lives on its lane's thread, but for
 * {@link #received}.
 */
final class Publisher extends MqttClient {

    /** At most so much in one buffer; what is behind a full socket waits here instead. */
    private static final int MAX_BATCH_BYTES = 128 << 10;

    final Lane lane;
    boolean noted;

    private final Traffic traffic;
    private final Load load;
    private final int number;
    private final PublishTemplate template;
    private final InFlight inFlight;
    /** Null where nobody asks what was received. */
    private final Receipts receipts;

    /** The sequence number of the next message. */
    private long next;

    /** How many of the messages it has sent to practise. */
    private long practised;

    private long receivedAtSweep;
    private long writtenOff;

    Publisher(Lane lane, Traffic traffic, Load load, int number, ConnectOptions options, String id, Observer observer) {
        super(options, id, observer);
        this.lane = lane;
        this.traffic = traffic;
        this.load = load;
        this.number = number;
        this.receipts = load.needsReceipts() ? new Receipts(traffic.receiversOf(number)) : null;
        this.inFlight = new InFlight(load.window());
        this.template = new PublishTemplate(
                options.version(),
                traffic.topic(number),
                traffic.hasNumberedTopics(),
                load.qos(),
                number,
                load.payloadBytes());
    }

    /** How many messages it has sent. */
    long sent() {
        return next;
    }

    /** Sends what there is room for. */
    void send(long now) {
        if (!isConnected()) {
            return;
        }
        long room = room();
        while (room > 0 && channel().isWritable()) {
            long count = Math.min(room, Math.max(1, MAX_BATCH_BYTES / template.packetBytes()));
            long written = write(count, now);
            if (written < count) {
                return;
            }
            room -= written;
        }
    }

    /** What is sent from now on goes by the lane's timetable. */
    void endPractice() {
        practised = next;
    }

    /** When the next message is due. */
    private long due() {
        return lane.timetable().due(number + (next - practised) * traffic.publishers());
    }

    private long room() {
        // At QoS 0 and a fixed rate nobody tells that there is room again, so nothing but the socket limits it.
        boolean practising = lane.isPractising();
        int window = practising ? load.practiceWindow(traffic.publishers()) : load.window();
        long room = practising ? load.practiceOfEach(traffic.publishers()) - next : Long.MAX_VALUE;
        if (load.qos() > 0) {
            room = Math.min(room, Math.min(window, receiveMaximum()) - inFlight.size());
        }
        if (load.needsReceipts() && (practising || load.isClosedLoop())) {
            room = Math.min(room, window - unreceived());
        }
        return room;
    }

    /** Writes up to so many messages with one flush; fewer when no more are due. */
    private long write(long count, long now) {
        boolean atOnce = lane.isPractising() || load.isClosedLoop();
        ByteBuf out = null;
        long written = 0;
        while (written < count) {
            long stamp = atOnce ? now : due();
            if (stamp > now
                    || (!lane.isPractising() && stamp >= lane.timetable().end())) {
                break;
            }
            if (out == null) {
                out = channel().alloc().ioBuffer((int) (template.packetBytes() * (atOnce ? count : 1)));
            }
            int id = load.qos() == 0 ? 0 : inFlight.take(stamp);
            template.write(out, id, traffic.topicNumber(next), next, stamp);
            next++;
            written++;
        }
        if (out != null) {
            lane.counters.sent += written;
            writeAndFlush(out);
        }
        return written;
    }

    @Override
    protected void onAcknowledgement(int type, int packetId, int reasonCode) {
        boolean refused = reasonCode >= Packets.FIRST_FAILURE;
        if (type == Packets.PUBREC && !refused) {
            if (load.qos() == 2 && inFlight.release(packetId)) {
                Packets.writeAcknowledgement(replies(), Packets.PUBREL, packetId);
                return;
            }
        } else if (endsMessage(type, refused) && inFlight.free(packetId, type == Packets.PUBCOMP)) {
            finished(packetId, refused);
            return;
        }
        abort("the server acknowledged packet " + packetId + " (type " + type + "), which was not expected");
    }

    private boolean endsMessage(int type, boolean refused) {
        return load.qos() == 1
                ? type == Packets.PUBACK
                : load.qos() == 2 && (type == Packets.PUBCOMP || (type == Packets.PUBREC && refused));
    }

    private void finished(int packetId, boolean refused) {
        if (refused) {
            lane.counters.refused++;
        } else {
            lane.counters.acknowledged++;
        }
        long now = lane.clock.micros();
        long sent = inFlight.sentMicros(packetId, now);
        if (lane.isMeasured(sent)) {
            lane.acknowledgements.recordValue(now - sent);
        }
        lane.note(this);
    }

    /** One of its receivers, counted from 0, has one message more. Called on that subscriber's lane. */
    void received(Lane by, int receiver) {
        if (by == lane) {
            count(receiver);
        } else {
            lane.loop.execute(() -> count(receiver));
        }
    }

    private void count(int receiver) {
        if (receipts.count(receiver)) {
            lane.note(this);
        }
    }

    private long unreceived() {
        return Math.max(0, next - writtenOff - receipts.ofAll());
    }

    /** Opens a window that was full all the time since the last call: what it waits for will not come. */
    void writeOffLost() {
        if (receipts == null) {
            return;
        }
        if (unreceived() >= load.window() && receipts.ofAll() == receivedAtSweep) {
            lane.counters.writtenOff += unreceived();
            writtenOff = next - receipts.ofAll();
            lane.note(this);
        }
        receivedAtSweep = receipts.ofAll();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        lane.note(this);
    }
}
