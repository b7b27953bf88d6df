package io.sluice.kit.membership;

/**
 * A live gateway as the cluster sees it.
 *
 * @param slot 0 or more
 * @param incarnation which life of the gateway
 * @param info what it said of itself when it joined
 * @param status what it reported last
 */
public record GatewayNode(int slot, String incarnation, GatewayInfo info, GatewayStatus status) {}
