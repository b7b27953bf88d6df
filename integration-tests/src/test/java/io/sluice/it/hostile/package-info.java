/** Clients that mean harm or do not care: none of them ends the gateway, stays in its memory, or is felt by the others. */
package io.sluice.it.hostile;
