/** Measures the inner loops of the product. */
package io.sluice.microbench;
