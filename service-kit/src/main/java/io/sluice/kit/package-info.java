/** What every process of the cluster has in common. */
package io.sluice.kit;
