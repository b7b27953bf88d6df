package io.sluice.examples.analytics;

/**
 * What is used here of a record of {@code mqtt.sessions}: there is one for each client that is connected or has a durable
 * session.
 *
 * @param connected whether there is a connection
 * @param gateway that serves it; null if there is none
 * @param address of the client's present connection or its last one
 */
record Session(boolean connected, String gateway, String address) {}
