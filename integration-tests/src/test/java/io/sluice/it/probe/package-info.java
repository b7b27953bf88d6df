/**
 * An MQTT client for tests that does nothing by itself: it sends the bytes that it is told to send, right or wrong, and
 * reads what the server answers with the strictness of the specification. It shares no code with the gateway's codec, so
 * that the two check each other.
 */
package io.sluice.it.probe;
