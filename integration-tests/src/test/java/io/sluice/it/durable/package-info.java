/** Sessions that outlive their connection, and move from one gateway to another. */
package io.sluice.it.durable;
