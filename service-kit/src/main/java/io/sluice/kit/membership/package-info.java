/**
 * Who is alive: gateways claim slots, routers and leaders register, and every gateway sees the others. All of it is kept
 * in ZooKeeper, under nodes that {@link io.sluice.kit.membership.ZooKeeperLayout} names. A process that loses ZooKeeper
 * works on with what it knew last.
 */
package io.sluice.kit.membership;
