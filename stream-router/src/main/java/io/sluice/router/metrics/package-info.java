/** What the router counts, by Prometheus' conventions. */
package io.sluice.router.metrics;
