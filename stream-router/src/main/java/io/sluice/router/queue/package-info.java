/**
 * The queue stage: who is connected where, and what each durable session has subscribed to and not yet acknowledged. {@link
 * io.sluice.router.queue.ClientQueue} decides and knows neither Kafka nor a clock; the rest leads records to it, keeps its state and
 * sends what it says, all in one transaction.
 */
package io.sluice.router.queue;
