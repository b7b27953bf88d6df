/** The main of every role: read the configuration, start, wait to be told to stop, stop cleanly. */
package io.sluice.kit.cli;
