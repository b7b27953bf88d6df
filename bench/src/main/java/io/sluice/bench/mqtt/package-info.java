/**
 * The generator's own MQTT client: just enough of MQTT 3.1.1 and 5.0 to load a broker, written to cost little for each
 * message. It shares nothing with the product that it measures.
 */
package io.sluice.bench.mqtt;
