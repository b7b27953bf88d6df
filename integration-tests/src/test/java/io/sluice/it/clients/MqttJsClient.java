package io.sluice.it.clients;

import io.sluice.it.harness.Tools;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** MQTT.js on Node.js. */
final class MqttJsClient implements RealClient {

    @Override
    public String name() {
        return "MQTT.js";
    }

    @Override
    public Set<Version> versions() {
        return EnumSet.allOf(Version.class);
    }

    @Override
    public Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos) {
        List<String> command = command(server, version, "subscribe", filter, Integer.toString(qos));
        return CommandLineClient.start("subscribed", command);
    }

    @Override
    public Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos) {
        List<String> command = command(
                server, version, "subscribe-durably", filter, Integer.toString(qos), Integer.toString(EXPIRY_SECONDS));
        return CommandLineClient.start("subscribed", command);
    }

    @Override
    public void publish(InetSocketAddress server, Version version, Message message) {
        CommandLineClient.run(command(server, version, "publish", message));
    }

    @Override
    public AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will) {
        return CommandLineClient.start("connected", command(server, version, "will", will));
    }

    private static List<String> command(InetSocketAddress server, Version version, String command, Message message) {
        return command(
                server,
                version,
                command,
                message.topic(),
                message.payload(),
                Integer.toString(message.qos()),
                Boolean.toString(message.retain()));
    }

    private static List<String> command(InetSocketAddress server, Version version, String command, String... more) {
        List<String> line = new ArrayList<>(List.of(
                Tools.require("node"),
                Tools.nodeClients().resolve("client.js").toString(),
                Integer.toString(version.level()),
                Integer.toString(server.getPort()),
                UUID.randomUUID().toString().substring(0, 23),
                command));
        line.addAll(List.of(more));
        return line;
    }
}
