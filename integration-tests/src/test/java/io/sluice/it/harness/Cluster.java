package io.sluice.it.harness;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Assumptions;

/**
 * What the tests of the protocol run against: two gateways of one cluster, started once in this process, or, with
 * {@code -Dsluice.it.target=host:port}, any other broker.
 */
public final class Cluster {

    private static final String TARGET = "sluice.it.target";

    private Cluster() {}

    /** Whether the tests run against another broker, of which only its MQTT port is known. */
    public static boolean isForeign() {
        return System.getProperty(TARGET) != null;
    }

    /** The first gateway. */
    public static InetSocketAddress first() {
        return address();
    }

    /** The second gateway of the same cluster; another broker has only one address. */
    public static InetSocketAddress second() {
        return address();
    }

    private static InetSocketAddress address() {
        String target = System.getProperty(TARGET);
        Assumptions.assumeTrue(target != null, "there is no cluster to test: set " + TARGET);
        int colon = target.lastIndexOf(':');
        return new InetSocketAddress(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
    }
}
