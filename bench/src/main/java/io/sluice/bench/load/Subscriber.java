package io.sluice.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttClient;
import io.sluice.bench.mqtt.Packets;
import io.sluice.bench.mqtt.Stamp;

/** Receives messages, acknowledges them, and looks at each of them. Lives on its lane's thread. */
final class Subscriber extends MqttClient {

    private static final int PROPERTY_LENGTH_MASK = 0x7F;

    private final Lane lane;
    private final Traffic traffic;
    private final Load load;
    private final int number;
    private final Publisher[] publishers;
    private final SequenceTracker[] streams;
    /** When the bytes that are being looked at came from the socket. */
    private long arrived;

    /** @param streams one for each of its sequences; members of a shared subscription have them in common */
    Subscriber(
            Lane lane,
            Traffic traffic,
            Load load,
            int number,
            SequenceTracker[] streams,
            Publisher[] publishers,
            ConnectOptions options,
            String id,
            Observer observer) {
        super(options, id, observer);
        this.lane = lane;
        this.traffic = traffic;
        this.load = load;
        this.number = number;
        this.publishers = publishers;
        this.streams = streams;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        arrived = lane.clock.micros();
        super.channelRead(ctx, message);
    }

    @Override
    protected void onPublish(int flags, ByteBuf in, int end) {
        int qos = flags >> 1 & 0x03;
        int index = in.readerIndex() + 2 + in.getUnsignedShort(in.readerIndex());
        if (qos > 0) {
            int packetId = in.getUnsignedShort(index);
            Packets.writeAcknowledgement(replies(), qos == 1 ? Packets.PUBACK : Packets.PUBREC, packetId);
            index += 2;
        }
        look(in, version().hasProperties() ? skipProperties(in, index) : index, end);
    }

    private static int skipProperties(ByteBuf in, int at) {
        int length = 0;
        int index = at;
        int next;
        do {
            next = in.getByte(index);
            length |= (next & PROPERTY_LENGTH_MASK) << (7 * (index - at));
            index++;
        } while (next < 0);
        return index + length;
    }

    private void look(ByteBuf in, int payloadAt, int end) {
        lane.counters.delivered++;
        if (end - payloadAt < Stamp.BYTES) {
            lane.counters.foreign++;
            return;
        }
        int publisher = Stamp.publisher(in, payloadAt);
        // The sequence number is complete enough to find the stream, whose own position then completes it.
        long sequence = Stamp.sequence(in, payloadAt, near(publisher));
        int stream = sequence < 0 ? -1 : traffic.stream(number, publisher, sequence);
        if (stream < 0) {
            lane.counters.foreign++;
            return;
        }
        track(streams[stream], sequence / traffic.topicsPerPublisher());
        long sent = Stamp.micros(in, payloadAt, arrived);
        if (lane.isMeasured(sent)) {
            lane.deliveries.recordValue(arrived - sent);
        }
        if (load.needsReceipts()) {
            publishers[publisher].received(lane, traffic.receiverOf(number));
        }
    }

    private long near(int publisher) {
        int stream = traffic.stream(number, publisher, 0);
        return stream < 0 ? 0 : streams[stream].next() * traffic.topicsPerPublisher();
    }

    private void track(SequenceTracker tracker, long sequence) {
        switch (tracker.arrived(sequence)) {
            case IN_ORDER -> {}
            // Members of a group do not overtake each other: no order holds between them.
            case LATE -> lane.counters.late += traffic.shared() ? 0 : 1;
            case DUPLICATE -> lane.counters.duplicates++;
        }
    }

    @Override
    protected void onAcknowledgement(int type, int packetId, int reasonCode) {
        if (type == Packets.PUBREL) {
            Packets.writeAcknowledgement(replies(), Packets.PUBCOMP, packetId);
        } else {
            abort("the server acknowledged what was not published");
        }
    }

    /** What it subscribes to. */
    String filter() {
        return traffic.filter(number);
    }

    /** How many messages did not arrive, given what each publisher sent. */
    long lost(long[] sent) {
        long lost = 0;
        for (int stream = 0; stream < streams.length; stream++) {
            long messages = traffic.messagesOf(number, stream, sent[traffic.publisherOf(number, stream)]);
            lost += streams[stream].missingOf(messages);
        }
        return lost;
    }
}
