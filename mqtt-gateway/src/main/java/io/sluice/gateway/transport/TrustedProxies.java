package io.sluice.gateway.transport;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;

/** The load balancers that are believed when they tell a client's address. Immutable. */
public final class TrustedProxies {

    private final List<IpSubnetFilterRule> ranges;

    private TrustedProxies(List<IpSubnetFilterRule> ranges) {
        this.ranges = ranges;
    }

    /**
     * Reads address ranges.
     *
     * @param ranges IP addresses, with or without the length of a prefix: {@code 10.0.0.0/8}, {@code ::1}
     * @throws IllegalArgumentException if one is something else, a name for instance
     */
    public static TrustedProxies of(List<String> ranges) {
        return new TrustedProxies(ranges.stream().map(TrustedProxies::range).toList());
    }

    private static IpSubnetFilterRule range(String text) {
        String[] parts = text.split("/", -1);
        boolean four = NetUtil.isValidIpV4Address(parts[0]);
        int bits = four ? Integer.SIZE : Integer.SIZE * 4;
        boolean valid = parts.length <= 2
                && (four || NetUtil.isValidIpV6Address(parts[0]))
                && (parts.length == 1 || (parts[1].matches("\\d{1,3}") && Integer.parseInt(parts[1]) <= bits));
        if (!valid) {
            throw new IllegalArgumentException("must have addresses such as 10.0.0.0/8 or ::1, had '" + text + "'");
        }
        int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
        return new IpSubnetFilterRule(parts[0], prefix, IpFilterRuleType.ACCEPT);
    }

    /**
     * Whether what connects from an address has to say for whom, and is believed.
     *
     * @param address null if the connection is gone already
     */
    boolean trust(InetSocketAddress address) {
        return address != null && ranges.stream().anyMatch(range -> range.matches(address));
    }
}
