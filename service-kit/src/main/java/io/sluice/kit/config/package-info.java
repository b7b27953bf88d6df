/** Configuration as records: a default, a unit and a sentence for every setting. */
package io.sluice.kit.config;
