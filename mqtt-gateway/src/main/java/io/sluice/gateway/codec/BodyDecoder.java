package io.sluice.gateway.codec;

/** Decodes what follows the fixed header of one packet type. Implementations have no state. */
interface BodyDecoder {

    /**
     * Reads the rest of the packet to its end and then, when all of it is valid, calls the handler once.
     *
     * @param flags the low four bits of the fixed header, already checked except for PUBLISH
     * @param version null before a CONNECT was read
     */
    void decode(PacketReader in, int flags, ProtocolVersion version, PacketHandler handler)
            throws MalformedPacketException;
}
