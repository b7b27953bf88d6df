/** What clients see while processes of the cluster die, with everything in processes of its own. */
package io.sluice.it.failover;
