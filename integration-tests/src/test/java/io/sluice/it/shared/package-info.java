/** Shared subscriptions: groups of clients that share the messages of a filter. */
package io.sluice.it.shared;
