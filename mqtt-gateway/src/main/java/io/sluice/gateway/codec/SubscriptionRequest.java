package io.sluice.gateway.codec;

import io.sluice.wire.Qos;

/**
 * One filter of a SUBSCRIBE with its options (section 3.8.3.1). In MQTT 3.x the options other than the QoS are false
 * and 0.
 *
 * @param filter well-formed UTF-8, but not yet checked: may be empty or have misplaced wildcards
 * @param qos the highest that the client wants
 * @param noLocal never true with a shared subscription
 * @param retainHandling 0: send retained messages; 1: only if the subscription is new; 2: do not
 */
public record SubscriptionRequest(
        String filter, Qos qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {}
