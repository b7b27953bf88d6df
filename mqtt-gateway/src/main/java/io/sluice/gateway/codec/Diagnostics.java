package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * What an answer of MQTT 5.0 tells beside its reason code. It is for people: each part is left out where the client's
 * maximum packet size leaves no room for it.
 *
 * @param reasonString null if absent
 * @param userProperties sent in order, up to the first that does not fit
 */
public record Diagnostics(String reasonString, List<UserProperty> userProperties) {

    /** Nothing to tell. */
    public static final Diagnostics NONE = new Diagnostics(null, List.of());

    /** A reason string alone. */
    public static Diagnostics of(String reasonString) {
        return new Diagnostics(reasonString, List.of());
    }
}
