/**
 * MQTT 3.1, 3.1.1 and 5.0 as bytes: packets of clients become calls of a {@link io.sluice.gateway.codec.PacketHandler},
 * answers of the server become bytes. Strict: what the specification forbids is refused with the reason code that it
 * names, or that fits best, and with the statement that was violated. It knows buffers, but no channel, no session and
 * no log. Numbers of statements are those of MQTT 5.0 unless "of 3.1.1" follows.
 */
package io.sluice.gateway.codec;
