/**
 * The match stage: which durable sessions each message of the log is for. It finds, the queue stage decides; so it works at
 * least once, and what it says twice does no harm.
 */
package io.sluice.router.matching;
