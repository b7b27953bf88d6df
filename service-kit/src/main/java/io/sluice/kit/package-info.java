/** What every process has: configuration, health, metrics, membership and a main that starts and stops it cleanly. */
package io.sluice.kit;
