package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * A client leaves (section 3.14).
 *
 * @param reason one that a client may give; {@link ReasonCode#SUCCESS} in MQTT 3.x. Any other leaves the will in force
 * @param sessionExpirySeconds 0 to 4,294,967,295, -1 if absent; must not be raised from 0, which the handler checks
 *     (section 3.14.2.2.2)
 * @param reasonString null if absent
 * @param userProperties in the client's order
 */
public record Disconnect(
        ReasonCode reason, long sessionExpirySeconds, String reasonString, List<UserProperty> userProperties) {

    static final Disconnect NORMAL = new Disconnect(ReasonCode.SUCCESS, -1, null, List.of());
}
