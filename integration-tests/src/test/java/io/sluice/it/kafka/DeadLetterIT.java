package io.sluice.it.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Version;
import io.sluice.wire.Topics;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A record that nobody can understand goes to the dead-letter topic with its cause, and stops nobody. */
class DeadLetterIT {

    private static final Topics TOPICS = new Topics("", Topics.DEFAULT_PARTITIONS);

    private final String unique = UUID.randomUUID().toString();
    private PlainKafka kafka;
    private MqttProbe publisher;
    private MqttProbe subscriber;

    @BeforeEach
    void connect() {
        kafka = new PlainKafka();
        publisher = MqttProbe.open(Cluster.first(), Version.MQTT_5);
        publisher.connect(Connect.of(Version.MQTT_5));
        subscriber = MqttProbe.open(Cluster.second(), Version.MQTT_5);
        subscriber.connect(Connect.of(Version.MQTT_5));
    }

    @AfterEach
    void close() {
        kafka.close();
        publisher.close();
        subscriber.close();
    }

    static Stream<Arguments> damaged() {
        String publish = TOPICS.publish();
        String retained = TOPICS.retained();
        return Stream.of(
                damaged("message without a topic", publish, null, "x"),
                damaged("message to a filter", publish, "a/+", "x"),
                damaged("message to an empty topic", publish, "", "x"),
                damaged("message with an impossible QoS", publish, "damaged", "x", "mqtt.qos=3"),
                damaged("message with an impossible expiry", publish, "damaged", "x", "mqtt.message-expiry=soon"),
                damaged("message with an impossible reply", publish, "damaged", "x", "mqtt.response-topic=#"),
                damaged("retained message without an origin", retained, "damaged", "x"),
                damaged("retained message with half an origin", retained, "damaged", "x", "mqtt.origin=7"),
                damaged("empty command", TOPICS.commands(), "key", ""),
                damaged("command of an unknown version", TOPICS.commands(), "key", "c\u0001rest"),
                damaged("command of an unknown type", TOPICS.commands(), "key", "\u0001crest"),
                damaged("command that is cut short", TOPICS.commands(), "key", "\u0001\u0001abc"),
                damaged("heartbeat that is none", TOPICS.heartbeats(), "key", "thump"));
    }

    private static Arguments damaged(String what, String topic, String key, String value, String... headers) {
        return Arguments.argumentSet(what, PlainKafka.record(topic, key, value, headers));
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void aDamagedRecordIsPutAsideWithItsCause(ProducerRecord<byte[], byte[]> damaged) {
        damaged.headers().add("x-unique", unique.getBytes(UTF_8));
        RecordMetadata origin = kafka.write(damaged);

        ConsumerRecord<byte[], byte[]> letter =
                kafka.find(TOPICS.deadLetter(), record -> unique.equals(PlainKafka.header(record, "x-unique")));
        assertThat(letter.key()).isEqualTo(damaged.key());
        assertThat(letter.value()).isEqualTo(damaged.value());
        assertThat(PlainKafka.header(letter, "dead-letter.cause")).isNotBlank();
        assertThat(PlainKafka.header(letter, "dead-letter.origin"))
                .isEqualTo(origin.topic() + "-" + origin.partition() + "@" + origin.offset());

        expectThatEverythingGoesOn(damaged.key());
    }

    /** Live and retained messages arrive, also those that are in the partition of the damaged record. */
    private void expectThatEverythingGoesOn(byte[] key) {
        boolean isTopic = key != null && key.length > 0 && !new String(key, UTF_8).contains("+");
        String topic = isTopic ? new String(key, UTF_8) : "sound/" + unique;
        subscriber.subscribe(topic, 1);
        publisher.publish(Pub.to(topic, unique).qos1(1), 1);
        assertThat(subscriber.expectMessage().text()).isEqualTo(unique);

        publisher.publish(Pub.to("kept/" + unique, unique).qos1(2).retain(), 2);
        kafka.find(TOPICS.retained(), record -> PlainKafka.hasKey(record, "kept/" + unique));
        subscriber.subscribe("kept/" + unique, 1);
        assertThat(subscriber.expectMessage().text()).isEqualTo(unique);
    }
}
