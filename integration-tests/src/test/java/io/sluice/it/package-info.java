/** Real clients against real clusters. */
package io.sluice.it;
