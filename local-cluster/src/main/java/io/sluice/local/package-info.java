/**
 * The {@code sluice} command, and the whole cluster in one process: two gateways, a router and two leader candidates on
 * Kafka's and ZooKeeper's own servers, for those who try Sluice or build on it.
 */
package io.sluice.local;
