/** The log as the session's sink and source. The only room of the gateway that knows Kafka's clients. */
package io.sluice.gateway.kafka;
