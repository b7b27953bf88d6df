/**
 * What only the primary does, each under a {@link io.sluice.leader.Term term}: keep Kafka's topics as they should be, and
 * find and reap the gateways that died. Nothing here remembers anything from one term to the next.
 */
package io.sluice.leader.duty;
