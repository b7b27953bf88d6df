package io.sluice.gateway.codec;

import io.sluice.wire.UserProperty;
import java.util.List;

/**
 * A client asks for subscriptions (section 3.8).
 *
 * @param packetId 1 to 65,535
 * @param requests one or more, to be answered in this order
 * @param subscriptionIdentifier 1 to 268,435,455, 0 if there is none
 * @param userProperties in the client's order
 */
public record Subscribe(
        int packetId,
        List<SubscriptionRequest> requests,
        int subscriptionIdentifier,
        List<UserProperty> userProperties) {}
