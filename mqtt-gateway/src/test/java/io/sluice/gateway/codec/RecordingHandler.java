package io.sluice.gateway.codec;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a decoder hands on, in order. */
final class RecordingHandler implements PacketHandler {

    /** A packet that comes as plain numbers. */
    record Ack(String type, int packetId, byte reason) {}

    /** A PINGREQ. */
    record Pingreq() {}

    final List<Object> packets = new ArrayList<>();

    @Override
    public void connect(Connect packet) {
        packets.add(packet);
    }

    @Override
    public void publish(Publish packet) {
        packets.add(packet);
    }

    @Override
    public void puback(int packetId, byte reason) {
        packets.add(new Ack("PUBACK", packetId, reason));
    }

    @Override
    public void pubrec(int packetId, byte reason) {
        packets.add(new Ack("PUBREC", packetId, reason));
    }

    @Override
    public void pubrel(int packetId, byte reason) {
        packets.add(new Ack("PUBREL", packetId, reason));
    }

    @Override
    public void pubcomp(int packetId, byte reason) {
        packets.add(new Ack("PUBCOMP", packetId, reason));
    }

    @Override
    public void subscribe(Subscribe packet) {
        packets.add(packet);
    }

    @Override
    public void unsubscribe(Unsubscribe packet) {
        packets.add(packet);
    }

    @Override
    public void pingreq() {
        packets.add(new Pingreq());
    }

    @Override
    public void disconnect(Disconnect packet) {
        packets.add(packet);
    }

    @Override
    public void auth(Auth packet) {
        packets.add(packet);
    }
}
