package io.sluice.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Eclipse Paho's client for Java, for MQTT 5. */
final class PahoV5Client implements RealClient {

    @Override
    public String name() {
        return "Paho v5";
    }

    @Override
    public Set<Version> versions() {
        return Set.of(Version.MQTT_5);
    }

    @Override
    public Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos) {
        return subscribe(server, new MqttConnectionOptions(), filter, qos);
    }

    @Override
    public Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos) {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval((long) EXPIRY_SECONDS);
        options.setAutomaticReconnect(true);
        return subscribe(server, options, filter, qos);
    }

    private static Subscription subscribe(
            InetSocketAddress server, MqttConnectionOptions options, String filter, int qos) {
        try {
            Inbox inbox = new Inbox();
            MqttClient client = connect(server, options, inbox);
            client.subscribe(filter, qos);
            return new Subscription() {
                @Override
                public BlockingQueue<Received> received() {
                    return inbox.received;
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
            MqttClient client = connect(server, new MqttConnectionOptions(), new Inbox());
            client.publish(message.topic(), message.payload().getBytes(UTF_8), message.qos(), message.retain());
            end(client);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will) {
        try {
            MqttConnectionOptions options = new MqttConnectionOptions();
            MqttMessage message = new MqttMessage(will.payload().getBytes(UTF_8));
            message.setQos(will.qos());
            message.setRetained(will.retain());
            options.setWill(will.topic(), message);
            MqttClient client = connect(server, options, new Inbox());
            return () -> client.disconnectForcibly(0, 0, false);
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MqttClient connect(InetSocketAddress server, MqttConnectionOptions options, Inbox inbox)
            throws MqttException {
        String uri = "tcp://" + server.getHostString() + ":" + server.getPort();
        MqttClient client = new MqttClient(uri, UUID.randomUUID().toString(), new MemoryPersistence());
        client.setCallback(inbox);
        client.connect(options);
        return client;
    }

    private static void end(MqttClient client) {
        try {
            client.disconnect();
            client.close();
        } catch (MqttException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Inbox implements MqttCallback {
        private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
        /** The last payload of QoS 2 by its packet identifier. */
        private final Map<Integer, String> held = new HashMap<>();

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            String payload = new String(message.getPayload(), UTF_8);
            // The client hands over each PUBLISH of QoS 2, and leaves it to its user that the server may send it again
            // until it
            // has PUBREC ([MQTT-4.3.3-10]). It tells no DUP.
            if (message.getQos() < 2 || !payload.equals(held.put(message.getId(), payload))) {
                received.add(new Received(topic, payload, message.getQos(), message.isRetained()));
            }
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
