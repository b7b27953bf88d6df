/**
 * The server's side of MQTT 3.1, 3.1.1 and 5.0, chapter by chapter. Every test names the statements of the specification
 * that it checks; what is in the specification and in no test is listed in the resource folder {@code normative}.
 */
package io.sluice.it.conformance;
