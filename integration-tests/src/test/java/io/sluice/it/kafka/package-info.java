/** What the cluster looks like from Kafka: to those who read its topics, and to those who write to them. */
package io.sluice.it.kafka;
