package io.sluice.examples.analytics;

import java.time.Instant;
import org.apache.kafka.streams.kstream.Windowed;

/**
 * How much was published to an MQTT topic in one window; a record of {@code analytics.rates}. Of several for one window the last
 * counts.
 *
 * @param topic of MQTT
 * @param from when the window began
 * @param perSecond messages per second
 * @param bytes of payloads
 */
record Rate(String topic, String from, long messages, double perSecond, long bytes) {

    static Rate of(Windowed<String> topic, Tally tally) {
        long millis = topic.window().end() - topic.window().start();
        return new Rate(
                topic.key(),
                Instant.ofEpochMilli(topic.window().start()).toString(),
                tally.messages(),
                tally.messages() * 1_000.0 / millis,
                tally.bytes());
    }
}
