/**
 * The elected leader. Candidates wait in an election; the one that wins is primary and does the {@link
 * io.sluice.leader.duty duties} of the cluster under its {@link io.sluice.leader.Term term}, until it stops or loses
 * ZooKeeper. Nothing that clients do needs a leader to be there.
 */
package io.sluice.leader;
