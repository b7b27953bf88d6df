package io.sluice.it.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.KafkaLog;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.ServerPacket;
import io.sluice.it.probe.Version;
import io.sluice.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.Assumptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code $SYS}: what each gateway tells of itself, of the others, and of all of them together. */
class SysTopicsIT {

    private static final List<String> FIGURES = List.of(
            "uptime",
            "clients/connected",
            "messages/received",
            "messages/sent",
            "messages/dropped",
            "load/messages/received/1min");

    private final Map<String, String> seen = new TreeMap<>();
    private MqttProbe witness;

    @BeforeEach
    void connect() {
        Assumptions.assumeThat(Cluster.isForeign()).isFalse();
        witness = MqttProbe.open(Cluster.first(), Version.MQTT_5);
        witness.connect(Connect.of(Version.MQTT_5));
        witness.subscribe("$SYS/#", 0);
    }

    @AfterEach
    void close() {
        witness.close();
    }

    private void look() {
        ServerPacket packet = witness.poll(Duration.ofMillis(500));
        while (packet instanceof ServerPacket.Publish message) {
            seen.put(message.topic(), message.text());
            packet = witness.poll(Duration.ofMillis(10));
        }
    }

    private double number(String topic) {
        return Double.parseDouble(seen.getOrDefault(topic, "-1"));
    }

    @Test
    void everyGatewayAndTheClusterHaveTheirFigures() {
        List<String> expected = new ArrayList<>(List.of("$SYS/broker/version"));
        for (String whose : List.of("$SYS/broker/", "$SYS/gateways/gateway-1/", "$SYS/gateways/gateway-2/")) {
            FIGURES.forEach(figure -> expected.add(whose + figure));
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            look();
            assertThat(seen).containsOnlyKeys(expected);
        });
        assertThat(seen.get("$SYS/broker/version")).startsWith("sluice ");
    }

    @Test
    void whatHappensOnOneGatewayShowsOnTheOtherAndInTheSum() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            look();
            return number("$SYS/gateways/gateway-2/messages/received") >= 0;
        });
        double before = number("$SYS/gateways/gateway-2/messages/received");
        double beforeInAll = number("$SYS/broker/messages/received");
        try (MqttProbe publisher = MqttProbe.open(Cluster.second(), Version.MQTT_5)) {
            publisher.connect(Connect.of(Version.MQTT_5));
            for (int i = 1; i <= 100; i++) {
                publisher.publish(Pub.to("sys/count", "x").qos1(i), i);
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                look();
                assertThat(number("$SYS/gateways/gateway-2/messages/received")).isEqualTo(before + 100);
                assertThat(number("$SYS/broker/messages/received")).isGreaterThanOrEqualTo(beforeInAll + 100);
                assertThat(number("$SYS/gateways/gateway-2/clients/connected")).isEqualTo(1);
                assertThat(number("$SYS/broker/clients/connected")).isEqualTo(2);
            });
        }
    }

    @Test
    void noneOfItGoesThroughTheLog() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            look();
            return !seen.isEmpty();
        });
        String log = new Topics("", Topics.DEFAULT_PARTITIONS).publish();
        KafkaLog.read(Cluster.bootstrapServers(), log, record -> {
            if (record.key() != null) {
                assertThat(new String(record.key(), StandardCharsets.UTF_8)).doesNotStartWith("$SYS");
            }
        });
    }
}
