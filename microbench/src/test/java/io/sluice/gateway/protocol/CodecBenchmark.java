package io.sluice.gateway.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.gateway.codec.Auth;
import io.sluice.gateway.codec.Connect;
import io.sluice.gateway.codec.Disconnect;
import io.sluice.gateway.codec.MalformedPacketException;
import io.sluice.gateway.codec.PacketDecoder;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.gateway.codec.PacketHandler;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.Publish;
import io.sluice.gateway.codec.Subscribe;
import io.sluice.gateway.codec.Unsubscribe;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Packets from bytes and to bytes, in buffers as sockets have them. Stands where it sees how PUBLISH is written. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecBenchmark {

    private static final int[] NO_IDENTIFIERS = {};
    private static final int ROOM = 4_096;

    /** Of the client. */
    @Param({"MQTT_3_1_1", "MQTT_5"})
    public ProtocolVersion version;

    private final PublishEncoder publishEncoder = new PublishEncoder();
    private final PacketDecoder decoder = new PacketDecoder(1_000_000);
    private final LastPacket last = new LastPacket();
    private PublishRecord message;
    private ByteBuf publish;
    private ByteBuf subscribe;
    private ByteBuf out;

    /** Writes the packets that are read. */
    @Setup
    public void write() {
        decoder.protocolVersion(version);
        out = ByteBufAllocator.DEFAULT.directBuffer(ROOM);
        publish = ByteBufAllocator.DEFAULT.directBuffer(ROOM);
        subscribe = ByteBufAllocator.DEFAULT.directBuffer(ROOM);
        message = PublishRecord.outgoing(
                "site/7/device/42/temperature".getBytes(UTF_8),
                new byte[100],
                Qos.AT_LEAST_ONCE,
                false,
                "device-42".getBytes(UTF_8),
                PublishProperties.NONE);
        encodePublish(publish);
        byte[] filter = "site/+/device/42/#".getBytes(UTF_8);
        int properties = version == ProtocolVersion.MQTT_5 ? 1 : 0;
        subscribe.writeByte(0x82).writeByte(Short.BYTES + properties + Short.BYTES + filter.length + 1);
        subscribe.writeShort(1).writeZero(properties);
        subscribe.writeShort(filter.length).writeBytes(filter).writeByte(1);
    }

    /** Gives the buffers back. */
    @TearDown
    public void release() {
        publishEncoder.endBatch();
        out.release();
        publish.release();
        subscribe.release();
    }

    private void encodePublish(ByteBuf buffer) {
        if (version == ProtocolVersion.MQTT_5) {
            publishEncoder.measure5(message, Qos.AT_LEAST_ONCE, NO_IDENTIFIERS, 0, true);
        } else {
            publishEncoder.measure(message, Qos.AT_LEAST_ONCE);
        }
        publishEncoder.write(buffer, Qos.AT_LEAST_ONCE, false, false, 1, NO_IDENTIFIERS, 0, true);
    }

    /** A PUBLISH of 100 bytes at QoS 1 from a client. */
    @Benchmark
    public Object decodePublish() throws MalformedPacketException {
        return decode(publish);
    }

    /** A SUBSCRIBE with one filter. */
    @Benchmark
    public Object decodeSubscribe() throws MalformedPacketException {
        return decode(subscribe);
    }

    private Object decode(ByteBuf in) throws MalformedPacketException {
        in.readerIndex(0);
        decoder.decode(in, last);
        return last.packet;
    }

    /** The PUBLISH to one more subscriber of a message. */
    @Benchmark
    public ByteBuf encodePublish() {
        encodePublish(out.clear());
        return out;
    }

    /** A PUBACK that says success. */
    @Benchmark
    public ByteBuf encodePuback() {
        PacketEncoder.puback(out.clear(), 1);
        return out;
    }

    /** Keeps what was read, so that it has to be made. */
    private static final class LastPacket implements PacketHandler {
        private Object packet;

        @Override
        public void connect(Connect connect) {
            packet = connect;
        }

        @Override
        public void publish(Publish publish) {
            packet = publish;
        }

        @Override
        public void puback(int packetId, byte reason) {
            packet = packetId;
        }

        @Override
        public void pubrec(int packetId, byte reason) {
            packet = packetId;
        }

        @Override
        public void pubrel(int packetId, byte reason) {
            packet = packetId;
        }

        @Override
        public void pubcomp(int packetId, byte reason) {
            packet = packetId;
        }

        @Override
        public void subscribe(Subscribe subscribe) {
            packet = subscribe;
        }

        @Override
        public void unsubscribe(Unsubscribe unsubscribe) {
            packet = unsubscribe;
        }

        @Override
        public void pingreq() {
            packet = null;
        }

        @Override
        public void disconnect(Disconnect disconnect) {
            packet = disconnect;
        }

        @Override
        public void auth(Auth auth) {
            packet = auth;
        }
    }
}
