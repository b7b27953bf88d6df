/**
 * An example of what can be done with the topics of a cluster by Kafka Streams alone: rates by MQTT topic, connections that come
 * and go, devices that went silent. It uses no library of Sluice; copy it and change it.
 */
package io.sluice.examples.analytics;
