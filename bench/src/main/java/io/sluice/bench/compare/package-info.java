/**
 * Runs the scenarios against several brokers in turn, in one run on one machine, and tells how they relate. It starts
 * every server as a process of its own on free loopback ports, and ends only what it started.
 */
package io.sluice.bench.compare;
