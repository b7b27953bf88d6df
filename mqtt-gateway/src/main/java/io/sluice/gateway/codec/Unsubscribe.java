package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * A client ends subscriptions (section 3.10).
 *
 * @param packetId 1 to 65,535
 * @param filters one or more, to be answered in this order; well-formed UTF-8, nothing more is checked
 * @param userProperties in the client's order
 */
public record Unsubscribe(int packetId, List<String> filters, List<UserProperty> userProperties) {}
