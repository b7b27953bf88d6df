/**
 * Shared subscriptions as one gateway serves them: the groups that it has members of, the partitions of the log that it has for
 * each, and which member gets which message. Knows neither the socket nor Kafka. All of it belongs to the thread of the log's
 * tail, unless something says otherwise.
 */
package io.sluice.gateway.group;
