package io.sluice.wire;

import java.util.List;

/**
 * What MQTT 5.0 says of a message beside its topic and payload (section 3.3.2.3). Arrays are shared, never changed.
 *
 * @param payloadFormat 0 for bytes, 1 for UTF-8 text, -1 if absent
 * @param messageExpirySeconds 0 to 4,294,967,295, -1 if absent
 * @param contentType null if absent
 * @param responseTopic null if absent
 * @param correlationData null if absent
 * @param userProperties in the publisher's order
 */
public record PublishProperties(
        int payloadFormat,
        long messageExpirySeconds,
        String contentType,
        String responseTopic,
        byte[] correlationData,
        List<UserProperty> userProperties) {

    private static final int OBJECT_BYTES = 64;

    /** What the properties take in memory, about, in bytes. */
    int weight() {
        int weight = 0;
        if (contentType != null) {
            weight += contentType.length();
        }
        if (responseTopic != null) {
            weight += responseTopic.length();
        }
        if (correlationData != null) {
            weight += correlationData.length;
        }
        for (UserProperty property : userProperties) {
            weight += property.name().length() + property.value().length() + OBJECT_BYTES;
        }
        return weight;
    }

    /** No property at all: the usual case, so it is one shared object. */
    public static final PublishProperties NONE = new PublishProperties(-1, -1, null, null, null, List.of());
}
