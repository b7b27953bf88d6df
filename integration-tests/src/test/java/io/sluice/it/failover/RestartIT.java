package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.Version;
import io.sluice.local.LocalCluster;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster in one process that is stopped and started again on the same folder. */
class RestartIT {

    @Test
    void clientsAreToldOfTheEndAndRetainedMessagesAreStillThereAfterwards(@TempDir Path folder) throws Exception {
        try (LocalCluster cluster = LocalCluster.start(Cluster.config(folder, true));
                MqttProbe publisher = connect(cluster, 0)) {
            append(cluster, "twice", "copy", "c/1/7/0");
            publisher.publish(Pub.to("kept/one", "first").qos1(1).retain(), 1);
            publisher.publish(Pub.to("kept/two", "second").qos2(2).retain(), 2);
            publisher.publish(Pub.to("kept/gone", "cleared").qos1(3).retain(), 3);
            publisher.publish(Pub.to("kept/gone", "").qos1(4).retain(), 4);
            publisher.publish(Pub.to("kept/one", "last").qos1(5).retain(), 5);
            cluster.close();
            publisher.expectDisconnect(Reason.SERVER_SHUTTING_DOWN);
        }
        try (LocalCluster cluster = LocalCluster.start(Cluster.config(folder, false));
                MqttProbe subscriber = connect(cluster, 1)) {
            subscriber.subscribe("kept/one", 1);
            Publish one = subscriber.expectMessage();
            assertThat(one.text()).isEqualTo("last");
            assertThat(one.retain()).isTrue();
            subscriber.subscribe("kept/two", 1);
            assertThat(subscriber.expectMessage().text()).isEqualTo("second");
            subscriber.subscribe("kept/gone", 1);
            subscriber.expectNothing();

            // The first copy stands before all that this gateway has read ([MQTT-4.3.3-10]).
            subscriber.subscribe("twice", 2);
            append(cluster, "twice", "copy", "c/1/7/0");
            append(cluster, "twice", "other", "c/1/8/0");
            assertThat(subscriber.expectMessage().text()).isEqualTo("other");
        }
    }

    /** Writes what a gateway writes for a QoS 2 message of a durable session. */
    private static void append(LocalCluster cluster, String topic, String payload, String uniqueId) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>("mqtt.publish", topic.getBytes(UTF_8), payload.getBytes(UTF_8));
            record.headers().add("mqtt.qos", "2".getBytes(UTF_8));
            record.headers().add("mqtt.unique-id", uniqueId.getBytes(UTF_8));
            record.headers().add("mqtt.unique-after", "0".getBytes(UTF_8));
            producer.send(record).get();
        }
    }

    private static MqttProbe connect(LocalCluster cluster, int gateway) {
        MqttProbe probe = MqttProbe.open(Cluster.gateway(cluster, gateway), Version.MQTT_5);
        probe.connect(Connect.of(Version.MQTT_5));
        return probe;
    }
}
