/**
 * The stream router: Kafka Streams off the critical path. {@code topology} defines what happens to records, {@code
 * streams} configures and runs it, and {@link io.sluice.router.Router} puts the process together.
 */
package io.sluice.router;
