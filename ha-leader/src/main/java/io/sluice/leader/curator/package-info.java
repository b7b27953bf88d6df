/** ZooKeeper as the leader uses it: the election, the register of gateways, and the view of the cluster. */
package io.sluice.leader.curator;
