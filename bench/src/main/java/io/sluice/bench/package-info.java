/** The command line of the load generator: {@code ./sluice bench}. */
package io.sluice.bench;
