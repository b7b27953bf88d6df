package io.sluice.examples.analytics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/**
 * Finds out who has gone silent. It is given the MQTT topic of each message by client id, remembers the last one, and looks at
 * all devices now and then, beside what {@code mqtt.sessions} tells of them. What it forwards is a change of state.
 */
final class Silence implements Processor<String, String, String, Device> {

    static final String DEVICES = "devices";
    static final String SESSIONS = "sessions";
    static final Duration LOOK = Duration.ofSeconds(5);
    /** Who has been away for so long is forgotten. */
    private static final Duration FORGET = Duration.ofDays(7);

    private final long silentAfterMillis;
    private ProcessorContext<String, Device> context;
    private KeyValueStore<String, Device> devices;
    private TimestampedKeyValueStore<String, Session> sessions;

    Silence(Duration silentAfter) {
        silentAfterMillis = silentAfter.toMillis();
    }

    @Override
    public void init(ProcessorContext<String, Device> streams) {
        context = streams;
        devices = streams.getStateStore(DEVICES);
        sessions = streams.getStateStore(SESSIONS);
        streams.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    @Override
    public void process(Record<String, String> message) {
        Device before = devices.get(message.key());
        // It is connected if it publishes, whether mqtt.sessions tells so already or not.
        Device now = new Device(
                message.key(),
                Device.TALKING,
                message.timestamp(),
                message.value(),
                before == null ? null : before.gateway(),
                before == null ? null : before.address());
        devices.put(now.clientId(), now);
        if (before == null || !before.state().equals(now.state())) {
            context.forward(message.withValue(now));
        }
    }

    private void look(long now) {
        List<Device> all = new ArrayList<>();
        try (KeyValueIterator<String, Device> iterator = devices.all()) {
            while (iterator.hasNext()) {
                KeyValue<String, Device> entry = iterator.next();
                all.add(entry.value);
            }
        }
        all.forEach(device -> look(device, now));
    }

    private void look(Device before, long now) {
        var session = sessions.get(before.clientId());
        Device device = before.seenWith(session == null ? null : session.value(), now, silentAfterMillis);
        if (device.state().equals(Device.OFFLINE) && now - device.lastMessage() > FORGET.toMillis()) {
            devices.delete(device.clientId());
        } else if (!device.equals(before)) {
            devices.put(device.clientId(), device);
        }
        if (!device.state().equals(before.state())) {
            context.forward(new Record<>(device.clientId(), device, now));
        }
    }
}
