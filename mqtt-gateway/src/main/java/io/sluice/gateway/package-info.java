/**
 * The MQTT server: stateless, any client on any node. Data walks one way: socket → {@code transport} → {@code protocol} →
 * {@code session} → the sink in {@code kafka} → the log → the source in {@code kafka} → {@code session} → {@code protocol} →
 * socket. {@link io.sluice.gateway.Gateway} puts it together.
 */
package io.sluice.gateway;
