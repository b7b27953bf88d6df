/**
 * What the server knows of a client while it is connected: what it has subscribed to, which of its messages are on their
 * way to the log, and which are on their way to it. Knows neither the socket nor Kafka: it asks {@link
 * io.sluice.gateway.session.Connection}, {@link io.sluice.gateway.session.PublicationSink} and {@link
 * io.sluice.gateway.session.DeliverySource}.
 */
package io.sluice.gateway.session;
