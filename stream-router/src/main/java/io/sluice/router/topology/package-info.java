/**
 * What the router does with records: a pure function from configuration to a Kafka Streams topology. Nothing here opens a
 * connection, reads a clock of its own or knows where Kafka is.
 */
package io.sluice.router.topology;
