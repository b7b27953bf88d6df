package io.sluice.kit.membership;

/**
 * What a gateway says of itself when it joins; it does not change in its lifetime.
 *
 * @param name given by the operator; not empty, without slashes
 * @param mqttAddress {@code host:port} as clients reach it
 * @param adminAddress {@code host:port} as operators reach it
 * @param staleAfterMillis how long after its last sign of life in Kafka it still takes itself for alive; nobody may take it for
 *     dead before
 */
public record GatewayInfo(String name, String mqttAddress, String adminAddress, long staleAfterMillis) {

    /** Checks that the name can be part of a ZooKeeper node's name. */
    public GatewayInfo {
        if (name.isBlank() || name.contains("/")) {
            throw new IllegalArgumentException("a gateway's name must not be empty or contain a slash, was " + name);
        }
    }
}
