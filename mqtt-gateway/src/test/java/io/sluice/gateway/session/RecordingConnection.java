package io.sluice.gateway.session;

import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.util.ArrayList;
import java.util.List;

/** A client's socket that notes what is written, as text. */
final class RecordingConnection implements Connection {

    final List<String> written = new ArrayList<>();
    boolean writable = true;
    boolean ended;
    int maximumPayload = Integer.MAX_VALUE;
    int resumed;

    /** Takes what was written since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(written);
        written.clear();
        return taken;
    }

    @Override
    public boolean isWritable() {
        return writable && !ended;
    }

    @Override
    public boolean publish(
            PublishRecord message, Qos qos, boolean retain, int packetId, int[] identifiers, boolean again) {
        if (message.payload().length > maximumPayload) {
            return false;
        }
        written.add("PUBLISH " + new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8) + " qos"
                + qos.level() + (retain ? " retain" : "") + (packetId == 0 ? "" : " id" + packetId));
        return true;
    }

    @Override
    public void pubrel(int packetId) {
        written.add("PUBREL " + packetId);
    }

    @Override
    public void pubcomp(int packetId) {
        written.add("PUBCOMP " + packetId);
    }

    @Override
    public void attached(boolean present) {
        written.add("ATTACHED " + present);
    }

    @Override
    public void acknowledge(Qos qos, int packetId, PublicationSink.Refusal refusal) {
        String answer = qos == Qos.AT_LEAST_ONCE ? "PUBACK " : "PUBREC ";
        written.add(answer + packetId + (refusal == null ? "" : " " + refusal.cause()));
    }

    @Override
    public void suback(int packetId, byte[] reasons, String detail) {
        written.add("SUBACK " + packetId);
    }

    @Override
    public void unsuback(int packetId, byte[] reasons, String detail) {
        written.add("UNSUBACK " + packetId);
    }

    @Override
    public void resumeReading() {
        resumed++;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public void end(EndReason reason, String detail) {
        written.add("END " + reason);
        ended = true;
    }
}
