/**
 * Configuration as records: a default, a unit and a sentence for every setting, read from a YAML file and the
 * environment, checked before anything starts. A key that nobody knows is an error.
 */
package io.sluice.kit.config;
