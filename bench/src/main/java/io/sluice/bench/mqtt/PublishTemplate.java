package io.sluice.bench.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;

/**
 * All PUBLISH packets of one publisher: one copy of the template and a few numbers written over it. The payload begins
 * with the {@link Stamp}; what follows are bytes that do not compress.
 *
 * <p>With more than one topic the topic ends in a number of fixed width.
 */
public final class PublishTemplate {

    private static final int PUBLISH_FIRST_BYTE = 0x30;
    /** Digits of a topic's number: enough for ten million topics. */
    private static final int DIGITS = 7;

    private static final int FILLER_SEED = 4711;

    private final byte[] packet;
    private final int digitsAt;
    private final int packetIdAt;
    private final int payloadAt;

    /**
     * A template.
     *
     * @param topic of all messages, or what stands before the number when there are several topics
     * @param numbered whether the topic ends in a number
     * @param qos 0 to 2
     * @param publisher 0 to 65,535
     * @param payloadBytes {@link Stamp#BYTES} or more
     */
    public PublishTemplate(
            MqttVersion version, String topic, boolean numbered, int qos, int publisher, int payloadBytes) {
        byte[] name = (numbered ? topic + "0".repeat(DIGITS) : topic).getBytes(UTF_8);
        int idLength = qos == 0 ? 0 : 2;
        int length = 2 + name.length + idLength + Packets.propertiesLength(version) + payloadBytes;
        packet = new byte[1 + Packets.varIntLength(length) + length];
        ByteBuf out = Unpooled.wrappedBuffer(packet).clear();
        out.writeByte(PUBLISH_FIRST_BYTE | qos << 1);
        Packets.writeVarInt(out, length);
        Packets.writeField(out, name);
        digitsAt = numbered ? out.writerIndex() - DIGITS : -1;
        packetIdAt = qos == 0 ? -1 : out.writerIndex();
        out.writeZero(idLength);
        Packets.writeNoProperties(out, version);
        payloadAt = out.writerIndex();
        byte[] filler = new byte[payloadBytes];
        new Random(FILLER_SEED).nextBytes(filler);
        out.writeBytes(filler);
        Stamp.setPublisher(packet, payloadAt, publisher);
    }

    /** The topic of a number, as {@link #write} makes it. */
    public static String numberedTopic(String topic, int number) {
        String digits = Integer.toString(number);
        return topic + "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** The size of each packet in bytes. */
    public int packetBytes() {
        return packet.length;
    }

    /**
     * Appends a packet.
     *
     * @param packetId ignored at QoS 0
     * @param topicNumber ignored without numbered topics
     * @param sequence the message's number, from 0 on
     * @param micros the intended time of sending
     */
    public void write(ByteBuf out, int packetId, int topicNumber, long sequence, long micros) {
        int start = out.writerIndex();
        out.writeBytes(packet);
        if (packetIdAt >= 0) {
            out.setShort(start + packetIdAt, packetId);
        }
        if (digitsAt >= 0) {
            int rest = topicNumber;
            for (int i = DIGITS - 1; i >= 0; i--) {
                out.setByte(start + digitsAt + i, '0' + rest % 10);
                rest /= 10;
            }
        }
        Stamp.set(out, start + payloadAt, sequence, micros);
    }
}
