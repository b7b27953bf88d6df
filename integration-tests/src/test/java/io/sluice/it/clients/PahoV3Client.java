package io.sluice.it.clients;

import static io.sluice.it.probe.Version.MQTT_3_1;
import static io.sluice.it.probe.Version.MQTT_3_1_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho's client for Java, for MQTT 3.1 and 3.1.1. */
final class PahoV3Client implements RealClient {

    @Override
    public String name() {
        return "Paho v3";
    }

    @Override
    public Set<Version> versions() {
        return Set.of(MQTT_3_1, MQTT_3_1_1);
    }

    @Override
    public Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos) {
        return subscribe(server, options(version), filter, qos);
    }

    @Override
    public Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos) {
        MqttConnectOptions options = options(version);
        options.setCleanSession(false);
        options.setAutomaticReconnect(true);
        return subscribe(server, options, filter, qos);
    }

    private static Subscription subscribe(
            InetSocketAddress server, MqttConnectOptions options, String filter, int qos) {
        try {
            MqttClient client = connect(server, options);
            BlockingQueue<Received> received = new LinkedBlockingQueue<>();
            // A listener of its own for the filter would miss what comes to a shared subscription.
            client.setCallback(new Inbox(received));
            client.subscribe(filter, qos);
            return new Subscription() {
                @Override
                public BlockingQueue<Received> received() {
                    return received;
                }

                @Override
                public void close() {
                    end(client);
                }
            };
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void publish(InetSocketAddress server, Version version, Message message) {
        try {
            MqttClient client = connect(server, options(version));
            client.publish(message.topic(), message.payload().getBytes(UTF_8), message.qos(), message.retain());
            end(client);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will) {
        try {
            MqttConnectOptions options = options(version);
            options.setWill(will.topic(), will.payload().getBytes(UTF_8), will.qos(), will.retain());
            MqttClient client = connect(server, options);
            return () -> client.disconnectForcibly(0, 0, false);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MqttClient connect(InetSocketAddress server, MqttConnectOptions options) throws MqttException {
        String uri = "tcp://" + server.getHostString() + ":" + server.getPort();
        String id = UUID.randomUUID().toString().substring(0, 23);
        MqttClient client = new MqttClient(uri, id, new MemoryPersistence());
        client.connect(options);
        return client;
    }

    private static MqttConnectOptions options(Version version) {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version.level());
        return options;
    }

    private static void end(MqttClient client) {
        try {
            client.disconnect();
            client.close();
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Inbox(BlockingQueue<Received> received) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new Received(
                    topic, new String(message.getPayload(), UTF_8), message.getQos(), message.isRetained()));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
