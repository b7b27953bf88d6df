package io.sluice.gateway.codec;

import io.sluice.wire.PublishProperties;
import io.sluice.wire.Qos;

/**
 * A message of a client (section 3.3).
 *
 * @param topic a valid topic name, or empty when only an alias is given
 * @param topicAlias 1 to 65,535, 0 if there is none; not yet compared with the server's maximum
 * @param payload may be empty
 * @param packetId 1 to 65,535 with QoS 1 and 2, 0 with QoS 0
 * @param properties {@link PublishProperties#NONE} if there are none
 */
public record Publish(
        byte[] topic,
        int topicAlias,
        byte[] payload,
        Qos qos,
        boolean retain,
        boolean dup,
        int packetId,
        PublishProperties properties) {}
