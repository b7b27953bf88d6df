/**
 * What all processes of a cluster agree on: the Kafka topics and the format of every record in them, and MQTT's topic
 * names and filters with the index that matches one against the other. Nothing here runs a thread or opens a socket.
 */
package io.sluice.wire;
