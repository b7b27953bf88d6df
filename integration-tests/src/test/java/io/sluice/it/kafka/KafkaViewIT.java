package io.sluice.it.kafka;

import static io.sluice.it.probe.Property.CONTENT_TYPE;
import static io.sluice.it.probe.Property.CORRELATION_DATA;
import static io.sluice.it.probe.Property.MESSAGE_EXPIRY_INTERVAL;
import static io.sluice.it.probe.Property.PAYLOAD_FORMAT_INDICATOR;
import static io.sluice.it.probe.Property.RESPONSE_TOPIC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.OsProcess;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket.Publish;
import io.sluice.it.probe.Version;
import io.sluice.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log, read and written by Kafka's own clients. */
class KafkaViewIT {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String PUBLISH = new Topics("", Topics.DEFAULT_PARTITIONS).publish();

    private final String topic = "kafka/" + UUID.randomUUID();
    private final String clientId = UUID.randomUUID().toString();
    private PlainKafka kafka;
    private MqttProbe publisher;
    private MqttProbe subscriber;

    @BeforeEach
    void connect() {
        kafka = new PlainKafka();
        publisher = MqttProbe.open(Cluster.first(), Version.MQTT_5);
        publisher.connect(Connect.of(Version.MQTT_5).clientId(clientId));
        subscriber = MqttProbe.open(Cluster.second(), Version.MQTT_5);
        subscriber.connect(Connect.of(Version.MQTT_5));
    }

    @AfterEach
    void close() {
        kafka.close();
        publisher.close();
        subscriber.close();
    }

    @Test
    void aConsumerSeesTheTopicAsKeyThePayloadAsValueAndReadableHeaders() {
        byte[] payload = {0, 1, 2, (byte) 0xFF};
        Properties properties = Properties.NONE
                .with(PAYLOAD_FORMAT_INDICATOR, 0)
                .with(MESSAGE_EXPIRY_INTERVAL, 3_600)
                .with(CONTENT_TYPE, "application/octet-stream")
                .with(RESPONSE_TOPIC, "reply/here")
                .with(CORRELATION_DATA, "c-1".getBytes(UTF_8))
                .withUser("traceparent", TRACE)
                .withUser("b", "2")
                .withUser("a", "1");
        publisher.publish(Pub.to(topic, payload).qos2(1).retain().properties(properties), 1);

        ConsumerRecord<byte[], byte[]> record = kafka.find(PUBLISH, found -> PlainKafka.hasKey(found, topic));
        assertThat(record.value()).isEqualTo(payload);
        assertThat(PlainKafka.headers(record))
                .containsExactly(
                        "mqtt.qos=2",
                        "mqtt.client-id=" + clientId,
                        "mqtt.retain=1",
                        "mqtt.payload-format=0",
                        "mqtt.message-expiry=3600",
                        "mqtt.content-type=application/octet-stream",
                        "mqtt.response-topic=reply/here",
                        "mqtt.correlation-data=c-1",
                        "traceparent=" + TRACE,
                        "b=2",
                        "a=1");
    }

    @Test
    void theConsoleConsumerShowsThem() {
        publisher.publish(Pub.to(topic, "as it was sent").qos1(1), 1);
        // From there and not from the beginning: the log may hold floods of other tests.
        ConsumerRecord<byte[], byte[]> record = kafka.find(PUBLISH, found -> PlainKafka.hasKey(found, topic));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "org.apache.kafka.tools.consumer.ConsoleConsumer",
                "--bootstrap-server",
                Cluster.bootstrapServers(),
                "--topic",
                PUBLISH,
                "--partition",
                Integer.toString(record.partition()),
                "--offset",
                Long.toString(record.offset()),
                "--formatter-property",
                "print.key=true",
                "--formatter-property",
                "print.headers=true");
        try (OsProcess consumer = OsProcess.start("console-consumer-" + clientId, command, Map.of())) {
            String line = "mqtt.qos:1,mqtt.client-id:" + clientId + "\t" + topic + "\tas it was sent";
            Awaitility.await("the line is printed")
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(consumer.printed().lines()).contains(line));
        }
    }

    @Test
    void whatAProducerWritesReachesSubscribersWithItsHeaders() {
        subscriber.subscribe(topic, 2);
        ProducerRecord<byte[], byte[]> record = PlainKafka.record(
                PUBLISH, topic, "from Kafka", "traceparent=" + TRACE, "x-unknown=1", "x-unknown=2", "mqtt.future=3");
        record.headers().add("x-bytes", new byte[] {(byte) 0xC3, 0x28});
        record.headers().add("x-null", null);
        kafka.write(record);

        Publish message = subscriber.expectMessage();
        assertThat(message.text()).isEqualTo("from Kafka");
        assertThat(message.qos()).isEqualTo(1);
        assertThat(message.properties().userProperties())
                .containsExactly("traceparent=" + TRACE, "x-unknown=1", "x-unknown=2", "x-null=");
    }

    @Test
    void aProducerMaySetWhatAPublisherCan() {
        kafka.write(PlainKafka.record(
                PUBLISH,
                topic,
                "kept",
                "mqtt.qos=2",
                "mqtt.retain=1",
                "mqtt.content-type=text/plain",
                "mqtt.user.mqtt.x=y"));
        subscriber.subscribe(topic, 2);
        Publish message = subscriber.expectMessage();
        assertThat(message.text()).isEqualTo("kept");
        assertThat(message.retain()).isTrue();
        assertThat(message.qos()).isEqualTo(2);
        assertThat(message.properties().text(CONTENT_TYPE)).isEqualTo("text/plain");
        assertThat(message.properties().userProperties()).containsExactly("mqtt.x=y");
    }

    @Test
    void aRecordWithoutAValueIsAnEmptyMessage() {
        subscriber.subscribe(topic, 0);
        kafka.write(PlainKafka.record(PUBLISH, topic, null));
        assertThat(subscriber.expectMessage().payload()).isEmpty();
    }
}
