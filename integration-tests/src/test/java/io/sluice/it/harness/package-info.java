/** What tests run against: a cluster in this process, another broker, or processes of their own, and the tools they need. */
package io.sluice.it.harness;
