package io.sluice.router.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.router.queue.ClientState.Owner;
import io.sluice.router.queue.ClientState.Terms;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.Fanout;
import io.sluice.wire.FilterVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The records of {@code mqtt.sessions} and {@code mqtt.events} as JSON, for those who look at clients with Kafka's own tools. There
 * is one of {@code mqtt.sessions} for each client that is connected or has a durable session; it is deleted when neither is
 * left. A field may come in a later build; {@code version} changes when one changes its meaning.
 *
 * <table>
 * <caption>Fields</caption>
 * <tr><th>field</th><th>meaning</th></tr>
 * <tr><td>{@code version}</td><td>1</td></tr>
 * <tr><td>{@code clientId}</td><td>the key too</td></tr>
 * <tr><td>{@code event}, {@code time}, {@code reason}</td><td>in events alone: {@code connected}, {@code disconnected}, {@code
 *     taken-over}, {@code subscriptions} or {@code ended}, see {@link SessionEvent.Kind}; milliseconds since the epoch; why, if that
 *     is known. An event {@code ended} has no other fields</td></tr>
 * <tr><td>{@code connected}</td><td>whether there is a connection</td></tr>
 * <tr><td>{@code gateway}, {@code slot}, {@code epoch}</td><td>its gateway's incarnation, which begins with the gateway's name, and
 *     slot, and the connection's number; null if there is none</td></tr>
 * <tr><td>{@code connectedAt}</td><td>when the latest CONNECT came, milliseconds since the epoch by its gateway's clock</td></tr>
 * <tr><td>{@code address}, {@code protocolVersion}, {@code keepAliveSeconds}</td><td>of the present connection or the last one: the
 *     client's address and port; 3, 4 or 5 as in CONNECT; 0 for no keep alive</td></tr>
 * <tr><td>{@code clean}</td><td>whether the session ends with the connection</td></tr>
 * <tr><td>{@code expirySeconds}</td><td>how long the session outlives the connection; null for ever</td></tr>
 * <tr><td>{@code sessionId}</td><td>which of the client's sessions; null if it has ended</td></tr>
 * <tr><td>{@code willTopic}</td><td>of the will that is not published yet; null if there is none</td></tr>
 * <tr><td>{@code subscriptions}</td><td>{@code filter} and {@code qos} of each; null if the session is clean, as its gateway alone
 *     knows them</td></tr>
 * <tr><td>{@code queue}</td><td>in {@code mqtt.sessions} alone: {@code messages} and {@code bytes} that are queued, {@code oldest} of
 *     them in milliseconds since the epoch, {@code secondsToLimit} until a limit drops something if the queue goes on to grow as it has
 *     lately, or the oldest is too old (null if neither will be), {@code dropped} by reason: {@code messages}, {@code bytes}, {@code age} for the limit that was
 *     reached, or {@code expired}</td></tr>
 * </table>
 */
final class SessionJson {

    private static final int VERSION = 1;
    private static final int USUAL_BYTES = 512;

    private final JsonFactory json = new JsonFactory();

    /** Writes the fields of a record. */
    private interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    /** A record of {@code mqtt.sessions}. */
    byte[] session(String clientId, ClientState client, SessionLag lag) {
        return record(clientId, out -> {
            describe(client, out);
            out.writeObjectFieldStart("queue");
            describe(lag, out);
            out.writeEndObject();
        });
    }

    private static void describe(SessionLag lag, JsonGenerator out) throws IOException {
        out.writeNumberField("messages", lag.tally().messages());
        out.writeNumberField("bytes", lag.tally().bytes());
        numberOrNull("oldest", lag.oldest(), lag.oldest(), out);
        numberOrNull("secondsToLimit", lag.millisToLimit(), lag.millisToLimit() / 1_000, out);
        out.writeObjectFieldStart("dropped");
        for (DropReason reason : DropReason.values()) {
            out.writeNumberField(reason.label(), lag.tally().dropped(reason));
        }
        out.writeEndObject();
    }

    private static void numberOrNull(String name, long ifNotNegative, long value, JsonGenerator out)
            throws IOException {
        if (ifNotNegative < 0) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, value);
        }
    }

    /**
     * A record of {@code mqtt.events}.
     *
     * @param client null if its session has ended
     */
    byte[] event(String clientId, SessionEvent event, ClientState client, long now) {
        return record(clientId, out -> {
            out.writeStringField("event", name(event.kind()));
            out.writeNumberField("time", now);
            if (!event.reason().isEmpty()) {
                out.writeStringField("reason", event.reason());
            }
            if (client != null) {
                describe(client, out);
            }
        });
    }

    private static String name(SessionEvent.Kind kind) {
        return switch (kind) {
            case CONNECTED -> "connected";
            case DISCONNECTED -> "disconnected";
            case TAKEN_OVER -> "taken-over";
            case SUBSCRIPTIONS -> "subscriptions";
            case ENDED -> "ended";
        };
    }

    private byte[] record(String clientId, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeNumberField("version", VERSION);
            out.writeStringField("clientId", clientId);
            fields.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void describe(ClientState client, JsonGenerator out) throws IOException {
        connection(client.owner(), out);
        out.writeNumberField("connectedAt", client.connectedAt());
        Terms terms = client.terms();
        out.writeStringField("address", terms.address());
        out.writeNumberField("protocolVersion", terms.protocolVersion());
        out.writeNumberField("keepAliveSeconds", terms.keepAliveSeconds());
        out.writeBooleanField("clean", terms.clean());
        number("expirySeconds", client.expirySeconds(), client.expirySeconds() != ClientCommand.Attach.FOREVER, out);
        number("sessionId", client.sessionId(), client.sessionId() >= 0, out);
        text(
                "willTopic",
                client.will() == null
                        ? null
                        : new String(client.will().message().topic(), StandardCharsets.UTF_8),
                out);
        if (terms.clean()) {
            out.writeNullField("subscriptions");
        } else {
            subscriptions(client, out);
        }
    }

    private static void connection(Owner owner, JsonGenerator out) throws IOException {
        boolean connected = owner != null;
        out.writeBooleanField("connected", connected);
        text("gateway", connected ? owner.incarnation() : null, out);
        number("slot", connected ? owner.slot() : 0, connected, out);
        number("epoch", connected ? owner.epoch() : 0, connected, out);
    }

    private static void subscriptions(ClientState client, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("subscriptions");
        for (FilterVersion version : client.filters().versions()) {
            if (version.isOpen()) {
                out.writeStartObject();
                out.writeStringField("filter", version.filter().text());
                out.writeNumberField("qos", version.options().qos().level());
                out.writeEndObject();
            }
        }
        for (Fanout.Shared shared : client.shares().list()) {
            out.writeStartObject();
            out.writeStringField("filter", shared.group().text());
            out.writeNumberField("qos", shared.options().qos().level());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void number(String field, long value, boolean known, JsonGenerator out) throws IOException {
        if (known) {
            out.writeNumberField(field, value);
        } else {
            out.writeNullField(field);
        }
    }

    private static void text(String field, String value, JsonGenerator out) throws IOException {
        if (value == null) {
            out.writeNullField(field);
        } else {
            out.writeStringField(field, value);
        }
    }
}
