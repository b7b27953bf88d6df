package io.sluice.examples.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyticsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final List<String> shown = new ArrayList<>();
    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> publish;
    private TestInputTopic<String, String> sessions;
    private TestInputTopic<String, String> events;
    private TestOutputTopic<String, Rate> rates;
    private TestOutputTopic<String, Device> devices;
    private TestOutputTopic<String, Long> connections;
    /** By the clock of the driver and that of the records alike. */
    private Instant now = START;

    @BeforeEach
    void start() {
        Settings settings = Settings.of(
                Map.of("STATE_FOLDER", folder.toString(), "TOPIC_PREFIX", "test-", "SILENT_AFTER", "PT30S"));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "analytics-test");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateFolder());
        properties.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, InMemoryDslStoreSuppliers.class);
        driver = new TopologyTestDriver(Analytics.topology(settings, shown::add), properties, START);
        publish = driver.createInputTopic("test-mqtt.publish", new StringSerializer(), new ByteArraySerializer());
        sessions = driver.createInputTopic("test-mqtt.sessions", new StringSerializer(), new StringSerializer());
        events = driver.createInputTopic("test-mqtt.events", new StringSerializer(), new StringSerializer());
        rates = driver.createOutputTopic(
                "test-analytics.rates",
                new StringDeserializer(),
                Json.serde(Rate.class).deserializer());
        devices = driver.createOutputTopic(
                "test-analytics.devices",
                new StringDeserializer(),
                Json.serde(Device.class).deserializer());
        connections = driver.createOutputTopic(
                "test-analytics.connections", new StringDeserializer(), new LongDeserializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void messagesAreCountedByTopicInWindows() {
        for (int i = 0; i < 30; i++) {
            publish("sensor", "plant/1/temperature", "21.5");
            pass(Duration.ofSeconds(1));
        }
        publish("sensor", "plant/1/humidity", "40");
        pass(Duration.ofMinutes(1));
        publish("sensor", "plant/1/temperature", "21.6");

        Map<String, Rate> last = new HashMap<>();
        rates.readValuesToList().forEach(rate -> last.put(rate.topic() + " " + rate.from(), rate));
        assertThat(last.values())
                .containsExactlyInAnyOrder(
                        new Rate("plant/1/temperature", "2026-01-01T00:00:00Z", 30, 0.5, 120),
                        new Rate("plant/1/humidity", "2026-01-01T00:00:00Z", 1, 1 / 60.0, 2),
                        new Rate("plant/1/temperature", "2026-01-01T00:01:00Z", 1, 1 / 60.0, 4));
        assertThat(shown)
                .contains("rate        topic=plant/1/temperature from=2026-01-01T00:00:00Z messages=30 perSecond=0.5"
                        + " bytes=120");
    }

    @Test
    void aDeviceThatIsConnectedAndSaysNothingIsSilentUntilItSpeaks() {
        session("sensor", true);
        publish("sensor", "plant/1/temperature", "21.5");
        pass(Duration.ofSeconds(20));
        assertThat(states()).containsExactly("sensor talking");

        pass(Duration.ofSeconds(20));
        Device silent = devices.readValue();
        assertThat(silent)
                .isEqualTo(new Device(
                        "sensor",
                        "silent",
                        START.toEpochMilli(),
                        "plant/1/temperature",
                        "gateway-1/7",
                        "/10.0.0.7:51324"));
        pass(Duration.ofMinutes(5));
        assertThat(states()).as("it is told once").isEmpty();

        publish("sensor", "plant/1/temperature", "21.6");
        assertThat(states()).containsExactly("sensor talking");
    }

    @Test
    void aDeviceWithoutAConnectionIsOfflineAndNotSilent() {
        session("durable", true);
        session("clean", true);
        publish("durable", "a", "1");
        publish("clean", "b", "1");
        pass(Duration.ofSeconds(10));
        session("durable", false);
        sessions.pipeInput("clean", (String) null, now);
        pass(Duration.ofMinutes(5));

        assertThat(states())
                .containsExactlyInAnyOrder("durable talking", "clean talking", "durable offline", "clean offline");
        assertThat(devices.isEmpty()).isTrue();
    }

    @Test
    void whatWasNotPublishedThroughMqttIsCountedAndIsNoDevice() {
        publish.pipeInput("from/kafka", "x".getBytes(StandardCharsets.UTF_8), now);
        publish.pipeInput("from/kafka", null, now);

        assertThat(rates.readValuesToList())
                .last()
                .isEqualTo(new Rate("from/kafka", "2026-01-01T00:00:00Z", 2, 2 / 60.0, 1));
        assertThat(devices.isEmpty()).isTrue();
    }

    @Test
    void eventsAreCountedByReason() {
        event("a", "{\"version\":1,\"clientId\":\"a\",\"event\":\"connected\",\"time\":1,\"connected\":true}");
        event(
                "a",
                "{\"version\":1,\"clientId\":\"a\",\"event\":\"disconnected\",\"time\":2,\"reason\":\"keep-alive-timeout\"}");
        event("b", "{\"version\":1,\"clientId\":\"b\",\"event\":\"connected\",\"time\":3,\"connected\":true}");

        assertThat(connections.readKeyValuesToMap())
                .isEqualTo(Map.of("connected", 2L, "disconnected keep-alive-timeout", 1L));
    }

    private void publish(String client, String topic, String payload) {
        Headers headers = new RecordHeaders()
                .add("mqtt.qos", "1".getBytes(StandardCharsets.UTF_8))
                .add("mqtt.client-id", client.getBytes(StandardCharsets.UTF_8));
        publish.pipeInput(new TestRecord<>(topic, payload.getBytes(StandardCharsets.UTF_8), headers, now));
    }

    private void session(String client, boolean connected) {
        String gateway = connected ? "\"gateway-1/7\"" : "null";
        sessions.pipeInput(
                client,
                "{\"version\":1,\"clientId\":\"" + client + "\",\"connected\":" + connected + ",\"gateway\":" + gateway
                        + ",\"slot\":0,\"address\":\"/10.0.0.7:51324\",\"queue\":{\"messages\":0}}",
                now);
    }

    private void event(String client, String json) {
        events.pipeInput(client, json, now);
    }

    private void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    private List<String> states() {
        return devices.readValuesToList().stream()
                .map(device -> device.clientId() + " " + device.state())
                .toList();
    }
}
