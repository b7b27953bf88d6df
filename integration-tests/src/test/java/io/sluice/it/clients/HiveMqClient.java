package io.sluice.it.clients;

import static io.sluice.it.probe.Version.MQTT_3_1_1;
import static io.sluice.it.probe.Version.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The HiveMQ client for Java. */
final class HiveMqClient implements RealClient {

    @Override
    public String name() {
        return "HiveMQ";
    }

    @Override
    public Set<Version> versions() {
        return Set.of(MQTT_3_1_1, MQTT_5);
    }

    @Override
    public Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos) {
        return version.is5() ? subscribe5(server, filter, qos) : subscribe3(server, filter, qos);
    }

    @Override
    public Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos) {
        String id = UUID.randomUUID().toString();
        if (version.is5()) {
            Mqtt5BlockingClient client = Mqtt5Client.builder()
                    .identifier(id)
                    .serverAddress(server)
                    .automaticReconnectWithDefaultConfig()
                    .buildBlocking();
            client.connectWith()
                    .cleanStart(false)
                    .sessionExpiryInterval(EXPIRY_SECONDS)
                    .send();
            return subscribe(client, filter, qos);
        }
        Mqtt3BlockingClient client = Mqtt3Client.builder()
                .identifier(id)
                .serverAddress(server)
                .automaticReconnectWithDefaultConfig()
                .buildBlocking();
        client.connectWith().cleanSession(false).send();
        return subscribe(client, filter, qos);
    }

    private static Subscription subscribe5(InetSocketAddress server, String filter, int qos) {
        Mqtt5BlockingClient client = client5(server);
        client.connect();
        return subscribe(client, filter, qos);
    }

    private static Subscription subscribe(Mqtt5BlockingClient client, String filter, int qos) {
        BlockingQueue<Received> received = new LinkedBlockingQueue<>();
        client.toAsync()
                .subscribeWith()
                .topicFilter(filter)
                .qos(qos(qos))
                .callback(message -> received.add(new Received(
                        message.getTopic().toString(),
                        new String(message.getPayloadAsBytes(), UTF_8),
                        message.getQos().getCode(),
                        message.isRetain())))
                .send()
                .join();
        return running(received, client::disconnect);
    }

    private static Subscription subscribe3(InetSocketAddress server, String filter, int qos) {
        Mqtt3BlockingClient client = client3(server);
        client.connect();
        return subscribe(client, filter, qos);
    }

    private static Subscription subscribe(Mqtt3BlockingClient client, String filter, int qos) {
        BlockingQueue<Received> received = new LinkedBlockingQueue<>();
        client.toAsync()
                .subscribeWith()
                .topicFilter(filter)
                .qos(qos(qos))
                .callback(message -> received.add(new Received(
                        message.getTopic().toString(),
                        new String(message.getPayloadAsBytes(), UTF_8),
                        message.getQos().getCode(),
                        message.isRetain())))
                .send()
                .join();
        return running(received, client::disconnect);
    }

    private static Subscription running(BlockingQueue<Received> received, Runnable close) {
        return new Subscription() {
            @Override
            public BlockingQueue<Received> received() {
                return received;
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    @Override
    public void publish(InetSocketAddress server, Version version, Message message) {
        if (version.is5()) {
            Mqtt5BlockingClient client = client5(server);
            client.connect();
            client.publishWith()
                    .topic(message.topic())
                    .payload(message.payload().getBytes(UTF_8))
                    .qos(qos(message.qos()))
                    .retain(message.retain())
                    .send();
            client.disconnect();
        } else {
            Mqtt3BlockingClient client = client3(server);
            client.connect();
            client.publishWith()
                    .topic(message.topic())
                    .payload(message.payload().getBytes(UTF_8))
                    .qos(qos(message.qos()))
                    .retain(message.retain())
                    .send();
            client.disconnect();
        }
    }

    @Override
    public AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will) {
        if (version.is5()) {
            client5(server)
                    .connectWith()
                    .willPublish()
                    .topic(will.topic())
                    .payload(will.payload().getBytes(UTF_8))
                    .qos(qos(will.qos()))
                    .retain(will.retain())
                    .applyWillPublish()
                    .send();
        } else {
            client3(server)
                    .connectWith()
                    .willPublish()
                    .topic(will.topic())
                    .payload(will.payload().getBytes(UTF_8))
                    .qos(qos(will.qos()))
                    .retain(will.retain())
                    .applyWillPublish()
                    .send();
        }
        return () -> {};
    }

    private static Mqtt5BlockingClient client5(InetSocketAddress server) {
        return Mqtt5Client.builder()
                .identifier(UUID.randomUUID().toString())
                .serverAddress(server)
                .buildBlocking();
    }

    private static Mqtt3BlockingClient client3(InetSocketAddress server) {
        return Mqtt3Client.builder()
                .identifier(UUID.randomUUID().toString())
                .serverAddress(server)
                .buildBlocking();
    }

    private static MqttQos qos(int level) {
        return MqttQos.fromCode(level);
    }
}
