package io.sluice.bench;

import io.sluice.bench.load.Brokers;
import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of all scenarios: what is loaded, and from where. */
final class BrokerOptions {

    private static final int DEFAULT_PORT = 1883;
    private static final int MAX_PORT = 0xFFFF;

    @Option(
            names = {"-t", "--target"},
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "127.0.0.1:1883",
            description = "A broker's address; several, with commas between, take clients in turn."
                    + " Default: ${DEFAULT-VALUE}.")
    private List<String> targets;

    @Option(
            names = "--source",
            paramLabel = "ADDRESS",
            split = ",",
            description = "Addresses to connect from, in turn, such as 127.0.0.1,127.0.0.2: each has its own ports.")
    private List<String> sources = List.of();

    @Option(
            names = "--mqtt",
            paramLabel = "VERSION",
            defaultValue = "3.1.1",
            description = "3.1.1 or 5. Default: ${DEFAULT-VALUE}.")
    private String version;

    @Option(names = "--username", paramLabel = "NAME", description = "User name in CONNECT.")
    private String userName;

    @Option(names = "--password", paramLabel = "PASSWORD", description = "Password in CONNECT.")
    private String password;

    @Option(
            names = "--keep-alive",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Keep alive in CONNECT; clients ping twice in it. Default: ${DEFAULT-VALUE}.")
    private int keepAlive;

    @Option(
            names = "--durable",
            description = "Clients of durable sessions: no clean start, and with --mqtt 5 a session expiry of an hour."
                    + " Only with --mqtt 5 the sessions are ended with the run.")
    private boolean durable;

    @Option(
            names = "--event-loops",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that serve all clients. Default: ${DEFAULT-VALUE}.")
    private int eventLoops;

    @Option(
            names = "--connecting",
            paramLabel = "N",
            defaultValue = "100",
            description = "Connections on their way at the same time. Default: ${DEFAULT-VALUE}.")
    private int connecting;

    Brokers brokers() {
        MqttVersion mqtt = MqttVersion.of(version);
        if (mqtt == null) {
            throw new BenchException("--mqtt: must be 3.1.1 or 5, was '" + version + "'");
        }
        List<InetSocketAddress> addresses =
                targets.stream().map(BrokerOptions::target).toList();
        try {
            ConnectOptions options = new ConnectOptions(mqtt, userName, password, keepAlive, durable);
            return new Brokers(addresses, sourceAddresses(), options, eventLoops, connecting);
        } catch (IllegalArgumentException e) {
            throw new BenchException(e.getMessage());
        }
    }

    /** The same with durable sessions, asked for or not. */
    Brokers durable() {
        durable = true;
        return brokers();
    }

    private List<InetAddress> sourceAddresses() {
        List<InetAddress> addresses = new ArrayList<>();
        for (String source : sources) {
            try {
                addresses.add(InetAddress.getByName(source));
            } catch (UnknownHostException e) {
                throw new BenchException("--source: unknown address " + source);
            }
        }
        return addresses;
    }

    private static InetSocketAddress target(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        InetSocketAddress address = new InetSocketAddress(host, colon < 0 ? DEFAULT_PORT : port(text, colon));
        if (address.isUnresolved()) {
            throw new BenchException("--target: unknown host " + host);
        }
        return address;
    }

    private static int port(String text, int colon) {
        String digits = text.substring(colon + 1);
        if (digits.matches("\\d{1,5}") && Integer.parseInt(digits) <= MAX_PORT) {
            return Integer.parseInt(digits);
        }
        throw new BenchException("--target: must be HOST:PORT, was '" + text + "'");
    }
}
