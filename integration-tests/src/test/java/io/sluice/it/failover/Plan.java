package io.sluice.it.failover;

import io.sluice.it.probe.Version;
import java.util.List;

/**
 * Who a recording client is.
 *
 * @param name its client id
 * @param group the first levels of the topics to which it publishes, and to all of which it subscribes
 * @param share the name under which it shares its subscription with others, or nothing
 * @param qos of its subscription, {@link #NONE} if it has none
 * @param lanes on which it publishes
 * @param will whether it has one; its topic ends with {@link #WILL}
 * @param expirySeconds how long its session outlives its connection, 0 for a clean one
 * @param willDelaySeconds 0 before MQTT 5
 * @param receiveMaximum how many messages it takes at a time; all before MQTT 5
 */
record Plan(
        String name,
        String group,
        String share,
        Version version,
        int qos,
        List<Lane> lanes,
        boolean will,
        long expirySeconds,
        int willDelaySeconds,
        int receiveMaximum) {

    /** What a client publishes: to a topic of its own, and how. */
    enum Lane {
        /** QoS 0. */
        AT_MOST_ONCE("q0", 0),
        /** QoS 1. */
        AT_LEAST_ONCE("q1", 1),
        /** QoS 2. */
        EXACTLY_ONCE("q2", 2),
        /** Retained messages at QoS 1; every third one clears. */
        STATE("state", 1);

        private final String level;
        private final int qos;

        Lane(String level, int qos) {
            this.level = level;
            this.qos = qos;
        }

        /** The last level of the topic. */
        String level() {
            return level;
        }

        int qos() {
            return qos;
        }

        /** Whether every message comes to all who have subscribed, and none is retained. */
        boolean isLive() {
            return this != STATE;
        }

        boolean clears(int number) {
            return this == STATE && number % 3 == 0;
        }
    }

    /** The QoS of a subscription that there is not. */
    static final int NONE = -1;

    /** The last level of the topic of wills. */
    static final String WILL = "will";

    /** At which wills are published. */
    static final int WILL_QOS = 1;

    /** How a topic filter begins that is shared; a name and a slash follow. */
    static final String SHARE = "$share/";

    private static final int ALL = 0xFFFF;

    /** A client whose sessions end with their connections. */
    static Plan clean(String name, String group, Version version, int qos, List<Lane> lanes, boolean will) {
        return new Plan(name, group, "", version, qos, lanes, will, 0, 0, ALL);
    }

    /** The same client with a session that outlives its connections. */
    Plan durable(long expiry, int willDelay, int most) {
        return version.is5()
                ? new Plan(name, group, share, version, qos, lanes, will, expiry, willDelay, most)
                : new Plan(name, group, share, version, qos, lanes, will, expiry, 0, ALL);
    }

    /** The same client with a subscription that it shares with others. */
    Plan sharing(String with) {
        return new Plan(name, group, with, version, qos, lanes, will, expirySeconds, willDelaySeconds, receiveMaximum);
    }

    boolean shares() {
        return !share.isEmpty();
    }

    /** Its topic filter, without the last level. */
    String subscription() {
        return shares() ? SHARE + share + "/" + group : group;
    }

    boolean isDurable() {
        return expirySeconds > 0;
    }

    boolean subscribes() {
        return qos != NONE;
    }

    /** Where its messages on a lane, or its wills, go. */
    String topic(String level) {
        return group + "/" + name + "/" + level;
    }
}
