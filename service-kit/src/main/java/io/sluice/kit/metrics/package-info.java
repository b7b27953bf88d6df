/** What a process counts and measures, as Prometheus reads it. */
package io.sluice.kit.metrics;
