/** What a gateway counts and times. */
package io.sluice.gateway.metrics;
