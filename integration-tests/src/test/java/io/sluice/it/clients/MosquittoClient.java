package io.sluice.it.clients;

import io.sluice.it.harness.Tools;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** mosquitto_pub and mosquitto_sub. */
final class MosquittoClient implements RealClient {

    @Override
    public String name() {
        return "mosquitto";
    }

    @Override
    public Set<Version> versions() {
        return EnumSet.allOf(Version.class);
    }

    @Override
    public Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos) {
        List<String> command = subscriber(server, version, filter, qos);
        return CommandLineClient.start("Subscribed", command);
    }

    @Override
    public Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos) {
        List<String> command = subscriber(server, version, filter, qos);
        command.add("-c");
        if (version.is5()) {
            command.addAll(List.of("-x", Integer.toString(EXPIRY_SECONDS)));
        }
        return CommandLineClient.start("Subscribed", command);
    }

    @Override
    public void publish(InetSocketAddress server, Version version, Message message) {
        List<String> command = new ArrayList<>(List.of(Tools.require("mosquitto_pub")));
        command.addAll(connection(server, version));
        command.addAll(List.of("-t", message.topic(), "-m", message.payload(), "-q", Integer.toString(message.qos())));
        if (message.retain()) {
            command.add("-r");
        }
        CommandLineClient.run(command);
    }

    @Override
    public AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will) {
        List<String> command = subscriber(server, version, "nothing/" + UUID.randomUUID(), 0);
        command.addAll(List.of("--will-topic", will.topic(), "--will-payload", will.payload()));
        command.addAll(List.of("--will-qos", Integer.toString(will.qos())));
        if (will.retain()) {
            command.add("--will-retain");
        }
        return CommandLineClient.start("Subscribed", command);
    }

    /** The debug output tells when the subscription stands; it goes through a pipe, where it would wait for more. */
    private static List<String> subscriber(InetSocketAddress server, Version version, String filter, int qos) {
        List<String> command =
                new ArrayList<>(List.of(Tools.require("stdbuf"), "-oL", Tools.require("mosquitto_sub"), "-d"));
        command.addAll(connection(server, version));
        command.addAll(List.of("-t", filter, "-q", Integer.toString(qos), "-F", "%r %q %t %p"));
        return command;
    }

    private static List<String> connection(InetSocketAddress server, Version version) {
        String name =
                switch (version) {
                    case MQTT_3_1 -> "mqttv31";
                    case MQTT_3_1_1 -> "mqttv311";
                    case MQTT_5 -> "mqttv5";
                };
        String id = UUID.randomUUID().toString().substring(0, 23);
        String host = server.getHostString();
        return List.of("-h", host, "-p", Integer.toString(server.getPort()), "-V", name, "-i", id);
    }
}
