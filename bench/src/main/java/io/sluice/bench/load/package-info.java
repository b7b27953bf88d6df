/**
 * Scenarios: who publishes what to whom, when each message is due, and what is counted. All clients live on a few shared
 * event loops; what belongs to one loop is counted there without locks, and added up at the end.
 */
package io.sluice.bench.load;
