/** What operators look at: metrics and their documentation, Prometheus' rules, Grafana's dashboards. */
package io.sluice.it.watch;
