/** The floor of every latency: a bare hop through Kafka, measured in the same way and on the same broker. */
package io.sluice.bench.kafka;
