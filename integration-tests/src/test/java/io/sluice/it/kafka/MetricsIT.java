package io.sluice.it.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.GatewayProcess;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Reason;
import io.sluice.it.probe.Version;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a gateway's metrics say of known traffic; dashboards and alerts rely on their names. */
class MetricsIT {

    private static final int MESSAGES = 20;
    private static final String PAYLOAD = "ten bytes!";

    @Test
    void metricsTellOfTheTraffic() {
        try (GatewayProcess gateway = GatewayProcess.start("measured-gateway", "-Xmx96m", Map.of())) {
            try (MqttProbe publisher = MqttProbe.open(gateway.address(), Version.MQTT_5);
                    MqttProbe subscriber = MqttProbe.open(gateway.address(), Version.MQTT_5);
                    MqttProbe refused = MqttProbe.open(gateway.address(), Version.MQTT_5)) {
                publisher.connect(Connect.of(Version.MQTT_5));
                subscriber.connect(Connect.of(Version.MQTT_5));
                subscriber.subscribe("metrics/#", 1);
                refused.connect(Connect.of(Version.MQTT_5));
                refused.send(Pub.to("metrics/+", "x"));
                refused.expectDisconnect(Reason.TOPIC_NAME_INVALID);
                for (int i = 1; i <= MESSAGES; i++) {
                    publisher.publish(Pub.to("metrics/a", PAYLOAD).qos1(i), i);
                }
                Awaitility.await("all messages were delivered")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> gateway.metric("sluice_deliveries_total", "qos=\"1\"") == MESSAGES);

                assertThat(gateway.metric("sluice_connections")).isEqualTo(2);
                assertThat(gateway.metric("sluice_subscriptions")).isEqualTo(1);
                assertThat(gateway.metric("sluice_connects_total", "result=\"accepted\"", "reason=\"success\""))
                        .isEqualTo(3);
                assertThat(gateway.metric("sluice_packets_refused_total", "reason=\"topic-name-invalid\""))
                        .isEqualTo(1);
                assertThat(gateway.metric("sluice_publishes_total", "qos=\"1\""))
                        .isEqualTo(MESSAGES);
                assertThat(gateway.metric("sluice_publish_bytes_total", "qos=\"1\""))
                        .isEqualTo(MESSAGES * PAYLOAD.length());
                assertThat(gateway.metric("sluice_delivery_bytes_total", "qos=\"1\""))
                        .isEqualTo(MESSAGES * PAYLOAD.length());
                assertThat(gateway.metric("sluice_append_seconds_count")).isEqualTo(MESSAGES);
                assertThat(gateway.metric("sluice_delivery_seconds_count")).isEqualTo(MESSAGES);
                assertThat(gateway.metric("sluice_inflight_messages")).isEqualTo(MESSAGES);
                assertThat(gateway.metric("sluice_appends_inflight")).isZero();
                assertThat(gateway.metric("sluice_drops_total")).isZero();
                assertThat(gateway.metric("sluice_tail_lost_records_total")).isZero();
                assertThat(gateway.metric("sluice_event_loop_utilisation_ratio"))
                        .isBetween(0.0, 1.0 * Runtime.getRuntime().availableProcessors());
                for (String there : new String[] {
                    "sluice_tail_lag_records",
                    "sluice_tail_lag_seconds",
                    "jvm_memory_used_bytes",
                    "jvm_threads_live_threads",
                    "process_cpu_usage",
                    "kafka_producer_record_send_total",
                    "kafka_consumer_fetch_manager_records_consumed_total"
                }) {
                    assertThat(gateway.metricNames()).contains(there);
                }
            }
            gateway.awaitDeserted();
            assertThat(gateway.metric("sluice_disconnects_total")).isEqualTo(3);
        }
    }
}
