/** Configures Kafka Streams and runs a topology on it: waits for the topics, watches the log, and starts anew after a failure. */
package io.sluice.router.streams;
