package io.sluice.examples.analytics;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * What is made of the cluster's topics.
 *
 * <pre>
 * mqtt.publish ──► by MQTT topic, counted in windows ─────────────► analytics.rates
 *      └─────────► by client id ──┐
 * mqtt.sessions ──► table ────────┴─► who has gone silent? ───────► analytics.devices
 * mqtt.events ───► by event and reason, counted in windows ───────► analytics.connections
 * </pre>
 *
 * What is counted is told at each commit, if it has changed: the last record of a window is the one that counts. A window that is told
 * when it is over would wait for the next message of its partition, however long that takes.
 */
final class Analytics {

    static final String RATES = "analytics.rates";
    static final String DEVICES = "analytics.devices";
    static final String CONNECTIONS = "analytics.connections";

    private static final String CLIENT_ID = "mqtt.client-id";
    private static final Serde<String> TEXT = Serdes.String();
    private static final Serde<byte[]> BYTES = Serdes.ByteArray();

    private final Settings settings;
    private final Consumer<String> show;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final TimeWindows windows;

    private Analytics(Settings settings, Consumer<String> show) {
        this.settings = settings;
        this.show = show;
        // Kafka's clock stamps the log, so that what is late is late by little.
        this.windows = TimeWindows.ofSizeAndGrace(settings.window(), Duration.ofSeconds(2));
    }

    /**
     * The program.
     *
     * @param show is given a line for people for each result; called by stream threads
     */
    static Topology topology(Settings settings, Consumer<String> show) {
        Analytics analytics = new Analytics(settings, show);
        KStream<String, byte[]> messages =
                analytics.builder.stream(settings.topic("mqtt.publish"), Consumed.with(TEXT, BYTES));
        analytics.rates(messages);
        analytics.devices(messages);
        analytics.connections();
        return analytics.builder.build();
    }

    /** The topics that it writes, without the prefix. */
    static List<String> outputs() {
        return List.of(RATES, DEVICES, CONNECTIONS);
    }

    /** The key of a record is the MQTT topic, so that all of one topic are in one partition already. */
    private void rates(KStream<String, byte[]> messages) {
        messages.groupByKey(Grouped.with(TEXT, BYTES))
                .windowedBy(windows)
                .aggregate(
                        () -> Tally.NOTHING,
                        (topic, payload, tally) -> tally.with(payload),
                        Materialized.<String, Tally, WindowStore<Bytes, byte[]>>as("rates")
                                .withKeySerde(TEXT)
                                .withValueSerde(Json.serde(Tally.class)))
                .toStream()
                .map((topic, tally) -> KeyValue.pair(topic.key(), Rate.of(topic, tally)))
                .peek((topic, rate) -> show.accept("rate        " + Json.text(rate)))
                .to(settings.topic(RATES), Produced.with(TEXT, Json.serde(Rate.class)));
    }

    /** Who publishes stands in a header. A record without it was not published through MQTT. */
    private void devices(KStream<String, byte[]> messages) {
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(Silence.DEVICES), TEXT, Json.serde(Device.class)));
        builder.table(
                settings.topic("mqtt.sessions"),
                Consumed.with(TEXT, Json.serde(Session.class)),
                Materialized.<String, Session, KeyValueStore<Bytes, byte[]>>as(Silence.SESSIONS)
                        .withKeySerde(TEXT)
                        .withValueSerde(Json.serde(Session.class)));
        messages.process(ByClient::new)
                // As many partitions as the log has, which are as many as those of mqtt.sessions: so a client's
                // messages and
                // its session meet in one task.
                .repartition(Repartitioned.with(TEXT, TEXT).withName("by-client"))
                .process(() -> new Silence(settings.silentAfter()), Silence.DEVICES, Silence.SESSIONS)
                .peek((client, device) -> show.accept("device      " + device.text()))
                .to(settings.topic(DEVICES), Produced.with(TEXT, Json.serde(Device.class)));
    }

    /** Client id as the key, MQTT topic as the value. */
    private static final class ByClient extends ContextualProcessor<String, byte[], String, String> {
        @Override
        public void process(Record<String, byte[]> message) {
            Header client = message.headers().lastHeader(CLIENT_ID);
            if (client != null) {
                context()
                        .forward(new Record<>(
                                new String(client.value(), StandardCharsets.UTF_8),
                                message.key(),
                                message.timestamp()));
            }
        }
    }

    private void connections() {
        builder.stream(settings.topic("mqtt.events"), Consumed.with(TEXT, Json.serde(Event.class)))
                .groupBy((client, event) -> event.label(), Grouped.with("by-event", TEXT, Json.serde(Event.class)))
                .windowedBy(windows)
                .count(Materialized.as("connections"))
                .toStream((label, count) -> label.key())
                .peek((label, count) -> show.accept("connections " + label + ": " + count))
                .to(settings.topic(CONNECTIONS), Produced.with(TEXT, Serdes.Long()));
    }
}
