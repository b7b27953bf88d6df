package io.sluice.kit.membership;

import java.util.Map;

/**
 * What a gateway says of itself now and then.
 *
 * @param state {@code starting}, {@link #READY}, {@link #NOT_READY} or {@link #DRAINING}
 * @param connections MQTT connections, 0 or more
 * @param load how much of its capacity it uses, 0 to 1
 * @param stats figures for {@code $SYS}, by name
 */
public record GatewayStatus(String state, int connections, double load, Map<String, Double> stats) {

    /** It takes clients. */
    public static final String READY = "ready";
    /** It cannot write to Kafka, or has not yet caught up with the log. */
    public static final String NOT_READY = "not-ready";
    /** It sends its clients away, since it was told to stop. */
    public static final String DRAINING = "draining";

    /** What a gateway is until it reports. */
    public static final GatewayStatus STARTING = new GatewayStatus("starting", 0, 0, Map.of());

    /** Takes a copy of the figures. */
    public GatewayStatus {
        stats = Map.copyOf(stats);
    }
}
