package io.sluice.kit.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one line of JSON: {@code time} (UTC), {@code level}, {@code role} and {@code node} of the process where they are
 * known, {@code thread}, {@code logger}, {@code message}, {@code exception} where there is one, and each key-value of the event
 * as a field of its own, such as {@code client}. Thread-safe.
 */
final class JsonLine {

    /** A client id may have 65,535 bytes. */
    private static final int LONGEST_VALUE = 1_000;

    private static final int LONGEST_EXCEPTION = 20_000;
    private static final int USUAL_BYTES = 256;
    private static final Set<String> OWN =
            Set.of("time", "level", "role", "node", "thread", "logger", "message", "exception");

    private final JsonFactory factory = new JsonFactory();

    byte[] of(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator out = factory.createGenerator(line)) {
            out.writeStartObject();
            out.writeStringField(
                    "time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
            out.writeStringField("level", event.getLevel().toString());
            process(event.getLoggerContextVO().getPropertyMap(), out);
            out.writeStringField("thread", event.getThreadName());
            out.writeStringField("logger", event.getLoggerName());
            out.writeStringField("message", cut(event.getFormattedMessage(), LONGEST_VALUE));
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            for (KeyValuePair pair : pairs == null ? List.<KeyValuePair>of() : pairs) {
                field(pair.key, pair.value, out);
            }
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null) {
                out.writeStringField("exception", cut(ThrowableProxyUtil.asString(thrown), LONGEST_EXCEPTION));
            }
            out.writeEndObject();
            out.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toByteArray();
    }

    private static void process(Map<String, String> properties, JsonGenerator out) throws IOException {
        for (String property : List.of(ProcessLog.ROLE, ProcessLog.NODE)) {
            if (properties.containsKey(property)) {
                out.writeStringField(property, properties.get(property));
            }
        }
    }

    private static void field(String key, Object value, JsonGenerator out) throws IOException {
        out.writeFieldName(OWN.contains(key) ? key + "_" : key);
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else {
            out.writeString(cut(value.toString(), LONGEST_VALUE));
        }
    }

    private static String cut(String text, int longest) {
        if (text == null || text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end);
    }
}
