package io.sluice.router.topology;

import io.sluice.wire.DamagedRecordException;
import java.nio.charset.StandardCharsets;

/**
 * Which incarnations of the topics the state belongs to: Kafka gives a topic that is made anew another id. As a value of
 * the state store it is the version (1 byte, 1) and both ids with a space between them.
 *
 * @param log the id of {@code mqtt.publish}, without spaces
 * @param retained the id of {@code mqtt.retained}, without spaces
 */
public record TopicIds(String log, String retained) {

    private static final byte VERSION = 1;

    byte[] encode() {
        return ((char) VERSION + log + ' ' + retained).getBytes(StandardCharsets.UTF_8);
    }

    static TopicIds decode(byte[] value) throws DamagedRecordException {
        String text = new String(value, StandardCharsets.UTF_8);
        int space = text.indexOf(' ');
        if (space < 0 || text.charAt(0) != VERSION) {
            throw new DamagedRecordException("topic ids of another version or without a space");
        }
        return new TopicIds(text.substring(1, space), text.substring(space + 1));
    }
}
