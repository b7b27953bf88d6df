package io.sluice.gateway.protocol;

import io.sluice.gateway.codec.ConnackProperties;
import io.sluice.gateway.codec.Diagnostics;
import io.sluice.gateway.codec.MalformedPacketException;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.session.EndReason;
import io.sluice.kit.logging.LimitedLog;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * The one way out for every connection that the server ends: a CONNACK or DISCONNECT with its reason where the protocol has
 * one, a log line that names the client, a count, and the end of the session. On the connection's event loop.
 */
final class Disconnects {

    /** Any client can cause these lines, as fast as it can connect. */
    private static final LimitedLog log = new LimitedLog(LoggerFactory.getLogger(Disconnects.class));

    private Disconnects() {}

    /** The label of a reason code in metrics: {@code topic-name-invalid}. */
    static String label(ReasonCode reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One line for what a client did and was refused. */
    static void logRefusal(ClientConnection connection, ReasonCode reason, String detail) {
        log.atInfo()
                .addKeyValue("client", connection.clientId())
                .addKeyValue("address", connection.remoteAddress())
                .addKeyValue("reason", label(reason))
                .addKeyValue("detail", detail)
                .log("Refused what a client sent");
    }

    /** A packet that may not be, from a client that is connected. */
    static void refusePacket(ClientConnection connection, ClientServices services, ReasonCode reason, String detail) {
        if (!connection.isOpen()) {
            return;
        }
        services.metrics().refusedPacket(label(reason));
        logRefusal(connection, reason, detail);
        sendDisconnect(connection, reason, detail);
        connection.end(label(reason));
        connection.finish();
    }

    /** Something else than CONNECT comes first: there is no protocol yet to answer in. */
    static void refuseBeforeConnect(ClientConnection connection, ClientServices services, String detail) {
        logRefusal(connection, ReasonCode.PROTOCOL_ERROR, detail);
        services.metrics().connect("refused", "protocol-error");
        connection.closeNow();
    }

    /** No CONNECT has come in time: there is no protocol yet to answer in. */
    static void connectTimeout(ClientConnection connection, ClientServices services) {
        log.atInfo().addKeyValue("address", connection.remoteAddress()).log("No CONNECT came in time");
        services.metrics().connect("refused", "connect-timeout");
        connection.closeNow();
    }

    /** A CONNECT that cannot be read, or something that is no MQTT at all ([MQTT-3.1.4-1]). */
    static void refuseConnect(ClientConnection connection, ClientServices services, MalformedPacketException problem) {
        ProtocolVersion version = connection.offeredVersion();
        if (version == null && problem.reason() != ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
            refuseBeforeConnect(connection, services, problem.getMessage());
        } else {
            // A newer version is answered in the newest form that there is, which has a code for it ([MQTT-3.1.2-2]).
            refuseConnect(
                    connection,
                    services,
                    version == null ? ProtocolVersion.MQTT_5 : version,
                    problem.reason(),
                    problem.getMessage(),
                    Integer.MAX_VALUE);
        }
    }

    /** A CONNECT that is not accepted. */
    static void refuseConnect(
            ClientConnection connection,
            ClientServices services,
            ProtocolVersion version,
            ReasonCode reason,
            String detail,
            int maximumPacketSize) {
        logRefusal(connection, reason, detail);
        services.metrics().connect("refused", label(reason));
        boolean canTell = version == ProtocolVersion.MQTT_5 || reason.connackCodeFor3() > 0;
        if (canTell) {
            PacketEncoder.connack(
                    connection.outbound().buffer(),
                    version,
                    false,
                    reason,
                    ConnackProperties.refusal(detail),
                    maximumPacketSize);
        }
        connection.end(label(reason));
        connection.finish();
    }

    /** Nothing has come for one and a half times the keep alive ([MQTT-3.1.2-22]). */
    static void keepAliveTimeout(ClientConnection connection, ClientServices services) {
        log.atInfo()
                .addKeyValue("client", connection.clientId())
                .addKeyValue("address", connection.remoteAddress())
                .log("Client is silent for longer than its keep alive allows");
        sendDisconnect(
                connection,
                ReasonCode.KEEP_ALIVE_TIMEOUT,
                "nothing came for one and a half times the keep alive of "
                        + connection.client().keepAliveSeconds() + " s");
        connection.end(label(ReasonCode.KEEP_ALIVE_TIMEOUT));
        connection.finish();
    }

    /** The server ends a session for a reason of its own. */
    static void end(ClientConnection connection, ClientServices services, EndReason reason, String detail) {
        ReasonCode code =
                switch (reason) {
                    case QUEUE_FULL -> ReasonCode.QUOTA_EXCEEDED;
                    case APPEND_REFUSED, RESYNC, DEFECT -> ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
                    case LOG_UNAVAILABLE, USE_ANOTHER -> ReasonCode.USE_ANOTHER_SERVER;
                    case TAKEN_OVER -> ReasonCode.SESSION_TAKEN_OVER;
                    case SHUTTING_DOWN -> ReasonCode.SERVER_SHUTTING_DOWN;
                    case DECLARED_LOST -> ReasonCode.ADMINISTRATIVE_ACTION;
                };
        log.atInfo()
                .addKeyValue("client", connection.clientId())
                .addKeyValue("address", connection.remoteAddress())
                .addKeyValue("reason", label(code))
                .addKeyValue("detail", detail)
                .log("Session ended by the server");
        String reference = services.config().drain().serverReference();
        boolean refer = code == ReasonCode.USE_ANOTHER_SERVER && !reference.isEmpty();
        sendDisconnect(connection, code, refer ? reference : null, detail);
        connection.end(label(code));
        connection.finish();
    }

    private static void sendDisconnect(ClientConnection connection, ReasonCode reason, String detail) {
        sendDisconnect(connection, reason, null, detail);
    }

    /** @param serverReference null for none */
    private static void sendDisconnect(
            ClientConnection connection, ReasonCode reason, String serverReference, String detail) {
        if (connection.clientId() != null && connection.version() == ProtocolVersion.MQTT_5) {
            PacketEncoder.disconnect(
                    connection.outbound().buffer(),
                    reason,
                    serverReference,
                    Diagnostics.of(detail),
                    connection.client().maximumPacketSize());
        }
    }
}
