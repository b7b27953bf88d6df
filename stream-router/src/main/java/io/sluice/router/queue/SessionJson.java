package io.sluice.router.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.router.queue.ClientState.Owner;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.FilterVersion;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The records of {@code mqtt.sessions} and {@code mqtt.events} as JSON, for those who look at sessions with Kafka's own tools. A
 * field may come in a later build; {@code version} changes when one changes its meaning.
 *
 * <table>
 * <caption>Fields</caption>
 * <tr><th>field</th><th>meaning</th></tr>
 * <tr><td>{@code version}</td><td>1</td></tr>
 * <tr><td>{@code clientId}</td><td>the key too</td></tr>
 * <tr><td>{@code sessionId}</td><td>which of the client's sessions; null if it has none</td></tr>
 * <tr><td>{@code connected}</td><td>whether there is a connection</td></tr>
 * <tr><td>{@code gateway}, {@code epoch}</td><td>the gateway's incarnation and the connection's number; null if there is none</td></tr>
 * <tr><td>{@code expirySeconds}</td><td>how long the session outlives the connection; null for ever</td></tr>
 * <tr><td>{@code subscriptions}</td><td>{@code filter} and {@code qos} of each</td></tr>
 * <tr><td>{@code event}, {@code time}, {@code reason}</td><td>in events alone: {@code connected}, {@code disconnected}, {@code
 *     subscriptions} or {@code ended}; milliseconds since the epoch; why, if that is known. An event {@code ended} has no
 *     other fields</td></tr>
 * </table>
 */
final class SessionJson {

    private static final int VERSION = 1;

    private final ObjectMapper mapper = new ObjectMapper();

    /** A record of {@code mqtt.sessions}. */
    byte[] session(String clientId, ClientState client) {
        ObjectNode json = begin(clientId);
        describe(client, json);
        return bytes(json);
    }

    /**
     * A record of {@code mqtt.events}.
     *
     * @param client null if it is gone
     */
    byte[] event(String clientId, SessionEvent event, ClientState client, long now) {
        ObjectNode json = begin(clientId)
                .put("event", event.kind().name().toLowerCase(Locale.ROOT))
                .put("time", now);
        if (!event.reason().isEmpty()) {
            json.put("reason", event.reason());
        }
        if (client != null) {
            describe(client, json);
        }
        return bytes(json);
    }

    private ObjectNode begin(String clientId) {
        return mapper.createObjectNode().put("version", VERSION).put("clientId", clientId);
    }

    private static void describe(ClientState client, ObjectNode json) {
        Owner owner = client.owner();
        json.put("sessionId", client.sessionId() < 0 ? null : (Long) client.sessionId());
        json.put("connected", owner != null);
        json.put("gateway", owner == null ? null : owner.incarnation());
        json.put("epoch", owner == null ? null : (Long) owner.epoch());
        boolean forever = client.expirySeconds() == ClientCommand.Attach.FOREVER;
        json.put("expirySeconds", forever ? null : (Long) client.expirySeconds());
        ArrayNode subscriptions = json.putArray("subscriptions");
        for (FilterVersion version : client.filters().versions()) {
            if (version.isOpen()) {
                subscriptions
                        .addObject()
                        .put("filter", version.filter().text())
                        .put("qos", version.options().qos().level());
            }
        }
    }

    private byte[] bytes(ObjectNode json) {
        try {
            return mapper.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON cannot be written", e);
        }
    }
}
