package io.sluice.gateway.codec;

import static io.sluice.gateway.codec.MalformedPacketException.malformed;
import static io.sluice.gateway.codec.MalformedPacketException.protocolError;

import io.netty.buffer.ByteBuf;

/**
 * Turns the bytes of one client into packets. Not thread-safe: one for each connection, on its event loop.
 *
 * <p>What cannot become a valid packet is refused as early as it shows: type, flags and size as soon as the fixed header
 * is there.
 */
public final class PacketDecoder {

    private static final int SMALLEST_PACKET = 2;
    private static final int LARGEST_FIXED_HEADER = 5;

    private final int maxPacketSize;
    private final PacketReader reader = new PacketReader();

    private ProtocolVersion version;
    private int neededBytes = SMALLEST_PACKET;

    /**
     * @param maxPacketSize the largest packet that is taken, in bytes, its fixed header included
     */
    public PacketDecoder(int maxPacketSize) {
        this.maxPacketSize = maxPacketSize;
    }

    /**
     * Reads exactly one packet, if the buffer holds one from its reader index on, and hands it to the handler.
     *
     * <p>The reader index is at the packet's end when the handler is called.
     *
     * @return whether a packet was read; if not, the reader index stays where it is and {@link #neededBytes} tells how
     *     much is wanted
     * @throws MalformedPacketException if the packet is forbidden; the handler was not called, and the decoder and the
     *     buffer are of no more use
     */
    public boolean decode(ByteBuf in, PacketHandler handler) throws MalformedPacketException {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable < SMALLEST_PACKET) {
            neededBytes = SMALLEST_PACKET;
            return false;
        }
        int header = in.getUnsignedByte(start);
        PacketType type = typeOf(header);
        int flags = header & 0x0F;
        if (!type.allowsFlags(flags, version)) {
            throw malformed("[MQTT-2.1.3-1] " + type.name() + " with flags " + Integer.toBinaryString(flags));
        }
        int headerSize = fixedHeaderSize(in, start, readable);
        if (headerSize == 0) {
            neededBytes = readable + 1;
            return false;
        }
        int size = headerSize + remainingLength(in, start, headerSize);
        if (size > maxPacketSize) {
            throw new MalformedPacketException(
                    ReasonCode.PACKET_TOO_LARGE,
                    "[MQTT-3.2.2-15] " + type.name() + " of " + size + " bytes, " + maxPacketSize + " are allowed");
        }
        if (readable < size) {
            neededBytes = size;
            return false;
        }
        neededBytes = SMALLEST_PACKET;
        in.readerIndex(start + headerSize);
        reader.start(in, start + size);
        if (type.number() == PacketType.CONNECT) {
            version = null;
            ConnectDecoder.Protocol protocol = ConnectDecoder.Protocol.read(reader);
            version = protocol.answeredIn();
            protocol.expectSpoken();
        }
        type.decoder().decode(reader, flags, version, handler);
        return true;
    }

    /**
     * How many bytes the buffer must hold from its reader index on before it is worth calling {@link #decode} again: the
     * whole packet's size as soon as it is known. At least 2, never more than the maximum packet size, if that is 5 or
     * more. It is what the client claims: it may never send that much.
     */
    public int neededBytes() {
        return neededBytes;
    }

    /**
     * The version that the client speaks, or null as long as it is unknown. Known from the moment that a CONNECT's
     * protocol level is read, so that also a CONNECT which is refused for what follows can be answered in it. If it is
     * refused for its level, the version that its sender may understand, or null for the newest.
     */
    public ProtocolVersion protocolVersion() {
        return version;
    }

    /** Sets the version by which all packets but CONNECT are read; a CONNECT sets it by itself. */
    public void protocolVersion(ProtocolVersion newVersion) {
        version = newVersion;
    }

    private PacketType typeOf(int header) throws MalformedPacketException {
        int number = header >> 4;
        PacketType type = PacketType.of(number);
        if (type == null) {
            throw number == 0
                    ? malformed("[MQTT 5.0 section 2.1.2] packet type 0 is reserved")
                    : protocolError("[MQTT 5.0 section 2.1.2] packet type " + number + " is the server's to send");
        }
        if (version == null && number != PacketType.CONNECT) {
            throw protocolError("[MQTT-3.1.0-1] " + type.name() + " before CONNECT");
        }
        if (number == PacketType.AUTH && version != ProtocolVersion.MQTT_5) {
            throw malformed("[MQTT 3.1.1 section 2.2.1] packet type 15 is reserved");
        }
        return type;
    }

    /** The size of the fixed header, or 0 if its end is not yet there ([MQTT-1.5.5-1], section 2.1.4). */
    private static int fixedHeaderSize(ByteBuf in, int start, int readable) throws MalformedPacketException {
        for (int size = 2; size <= Math.min(readable, LARGEST_FIXED_HEADER); size++) {
            byte b = in.getByte(start + size - 1);
            if (b >= 0) {
                if (b == 0 && size > 2) {
                    throw malformed("[MQTT-1.5.5-1] remaining length longer than needed");
                }
                return size;
            }
        }
        if (readable >= LARGEST_FIXED_HEADER) {
            throw malformed("[MQTT-1.5.5-1] remaining length of more than four bytes");
        }
        return 0;
    }

    private static int remainingLength(ByteBuf in, int start, int headerSize) {
        int length = 0;
        for (int i = 1; i < headerSize; i++) {
            length |= (in.getByte(start + i) & 0x7F) << (7 * (i - 1));
        }
        return length;
    }
}
