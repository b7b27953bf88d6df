/**
 * The server's side of MQTT: what each packet of a client causes, and every packet that is sent to it. One {@link
 * io.sluice.gateway.protocol.ClientConnection} for each socket, confined to its event loop.
 */
package io.sluice.gateway.protocol;
