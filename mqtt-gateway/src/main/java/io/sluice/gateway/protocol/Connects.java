package io.sluice.gateway.protocol;

import io.sluice.gateway.GatewayConfig;
import io.sluice.gateway.LimitsConfig;
import io.sluice.gateway.MqttConfig;
import io.sluice.gateway.codec.ConnackProperties;
import io.sluice.gateway.codec.Connect;
import io.sluice.gateway.codec.Diagnostics;
import io.sluice.gateway.codec.PacketEncoder;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.codec.ServerCapabilities;
import io.sluice.gateway.codec.Will;
import io.sluice.gateway.protocol.ConnectedClient.Terms;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionJournal;
import io.sluice.gateway.session.SessionLimits;
import io.sluice.wire.ClientCommand;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.StoredWill;
import io.sluice.wire.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CONNECT and CONNACK (MQTT 5.0 sections 3.1 and 3.2). On the connection's event loop. */
final class Connects {

    private static final Logger log = LoggerFactory.getLogger(Connects.class);

    private Connects() {}

    /** Answers a CONNECT: accepts it and returns the client, or refuses it and returns null. */
    static ConnectedClient accept(Connect packet, ClientConnection connection, ClientServices services) {
        Refusal refusal = refusal(packet, services);
        if (refusal != null) {
            Disconnects.refuseConnect(
                    connection,
                    services,
                    packet.version(),
                    refusal.reason(),
                    refusal.detail(),
                    packet.properties().maximumPacketSize());
            return null;
        }
        String clientId = packet.clientId().isEmpty() ? "sluice-" + UUID.randomUUID() : packet.clientId();
        ConnectedClient client = client(packet, clientId, connection, services);
        log.atDebug()
                .addKeyValue("client", clientId)
                .addKeyValue("address", connection.remoteAddress())
                .addKeyValue("version", packet.version())
                .log("Client connected");
        return client;
    }

    /** Accepts the connection ([MQTT-3.2.0-1]). */
    static void sendConnack(
            ConnectedClient client,
            Connect packet,
            boolean sessionPresent,
            ClientConnection connection,
            ClientServices services) {
        PacketEncoder.connack(
                connection.outbound().buffer(),
                packet.version(),
                sessionPresent,
                ReasonCode.SUCCESS,
                connackProperties(packet, client, services.config()),
                packet.properties().maximumPacketSize());
    }

    private record Refusal(ReasonCode reason, String detail) {}

    private static Refusal refusal(Connect packet, ClientServices services) {
        LimitsConfig limits = services.config().limits();
        if (!services.admission().isServing()) {
            return new Refusal(
                    ReasonCode.SERVER_UNAVAILABLE, "this gateway shuts down, or cannot write to its log now");
        }
        if (services.admission().isOverLimit()) {
            return new Refusal(ReasonCode.QUOTA_EXCEEDED, "this gateway has all the connections it may have");
        }
        if (packet.properties().authenticationMethod() != null) {
            return new Refusal(ReasonCode.BAD_AUTHENTICATION_METHOD, "no authentication method is supported");
        }
        boolean mayBeAssigned = packet.version() == ProtocolVersion.MQTT_5
                || (packet.version() == ProtocolVersion.MQTT_3_1_1 && packet.cleanStart());
        if (packet.clientId().isEmpty() && !mayBeAssigned) {
            return new Refusal(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "[MQTT-3.1.3-8] the client id is empty");
        }
        if (packet.clientId().getBytes(StandardCharsets.UTF_8).length > limits.clientIdBytes()) {
            return new Refusal(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "the client id is longer than " + limits.clientIdBytes() + " bytes");
        }
        return packet.will() == null ? null : refusal(packet.will(), limits);
    }

    private static Refusal refusal(Will will, LimitsConfig limits) {
        if (TopicName.isReserved(will.topic())
                || will.topic().length > limits.topicBytes()
                || TopicName.depth(will.topic()) > limits.topicLevels()) {
            return new Refusal(ReasonCode.TOPIC_NAME_INVALID, "the will's topic is reserved, too long or too deep");
        }
        return null;
    }

    private static ConnectedClient client(
            Connect packet, String clientId, ClientConnection connection, ClientServices services) {
        LimitsConfig limits = services.config().limits();
        Session session = new Session(
                clientId,
                connection.loop().index(),
                connection,
                new SessionLimits(
                        Math.min(packet.properties().receiveMaximum(), limits.inFlightMessages()),
                        limits.queueMessages(),
                        limits.queueBytes(),
                        limits.queueFullPolicy() == LimitsConfig.QueueFullPolicy.DROP,
                        limits.receiveMaximum()),
                services.queued(),
                services.sink(),
                connection.loop().completions(),
                services.metrics());
        Terms terms = new Terms(
                packet.version(),
                keepAliveSeconds(packet, services.config().mqtt()),
                packet.properties().maximumPacketSize(),
                packet.properties().sessionExpirySeconds(),
                expirySeconds(packet, services.config()),
                isDurable(packet, services.config()),
                packet.properties().requestProblemInformation());
        return new ConnectedClient(
                session,
                terms,
                new TopicAliases(Math.min(packet.properties().topicAliasMaximum(), limits.topicAliases())),
                new Publishes(connection, services, session, terms),
                new Subscribes(connection, services, session, terms),
                packet.will() == null ? null : message(packet.will(), session));
    }

    private static PublishRecord message(Will will, Session session) {
        return PublishRecord.outgoing(
                will.topic(), will.payload(), will.qos(), will.retain(), session.clientIdUtf8(), will.properties());
    }

    /** What the client asked for, unless the server wants to hear from it more often ([MQTT-3.1.2-21]). */
    private static int keepAliveSeconds(Connect packet, MqttConfig config) {
        int asked = packet.keepAliveSeconds();
        int most = (int) config.maxKeepAlive().toSeconds();
        boolean canTell = packet.version() == ProtocolVersion.MQTT_5;
        return canTell && most > 0 && (asked == 0 || asked > most) ? most : asked;
    }

    /** A session of MQTT 3 that is not clean has no expiry of its own. */
    private static long expirySeconds(Connect packet, GatewayConfig config) {
        boolean forever = packet.version() != ProtocolVersion.MQTT_5 && !packet.cleanStart();
        return config.sessions()
                .expirySeconds(
                        forever
                                ? ClientCommand.Attach.FOREVER
                                : packet.properties().sessionExpirySeconds());
    }

    /** Whether there may be a session from before, or one is to remain. */
    private static boolean isDurable(Connect packet, GatewayConfig config) {
        return config.sessions().maxExpiry().toSeconds() > 0
                && (!packet.cleanStart() || expirySeconds(packet, config) > 0);
    }

    private static ConnackProperties connackProperties(Connect packet, ConnectedClient client, GatewayConfig config) {
        String clientId = client.session().clientId();
        LimitsConfig limits = config.limits();
        int keepAlive = keepAliveSeconds(packet, config.mqtt());
        return new ConnackProperties(
                new ServerCapabilities(
                        limits.receiveMaximum(),
                        2,
                        true,
                        limits.packetBytes(),
                        limits.topicAliases(),
                        true,
                        true,
                        true),
                client.grantedExpirySeconds() == packet.properties().sessionExpirySeconds()
                        ? -1
                        : client.grantedExpirySeconds(),
                packet.clientId().isEmpty() ? clientId : null,
                keepAlive == packet.keepAliveSeconds() ? -1 : keepAlive,
                null,
                null,
                Diagnostics.NONE);
    }

    /**
     * Gives a client its id, whether its session {@link ConnectedClient#isDurable outlives} the connection or not, as soon as the
     * connection of this gateway that had it before has let go of it.
     */
    static void register(ConnectedClient client, Connect packet, ClientConnection connection, ClientServices services) {
        Session earlier = services.sessions().register(client.session());
        if (earlier == null) {
            begin(client, packet, connection, services);
            return;
        }
        // What this client publishes comes behind the will of the connection that it takes over from.
        connection.hold();
        earlier.connection().execute(() -> {
            earlier.connection().end(EndReason.TAKEN_OVER, "the client id has connected again");
            connection.execute(() -> {
                if (connection.isOpen()) {
                    begin(client, packet, connection, services);
                }
                connection.release();
            });
        });
    }

    private static void begin(
            ConnectedClient client, Connect packet, ClientConnection connection, ClientServices services) {
        int partitions = services.config().kafka().topics().partitions();
        SessionJournal.AttachTerms terms = new SessionJournal.AttachTerms(
                packet.cleanStart() || !client.isDurable(),
                client.grantedExpirySeconds(),
                packet.version().level(),
                client.keepAliveSeconds(),
                connection.remoteAddress(),
                client.will() == null ? null : new StoredWill(packet.will().delaySeconds(), client.will()));
        if (client.isDurable()) {
            client.session()
                    .makeDurable(
                            partitions,
                            services.config().sessions().packetIds(partitions),
                            services.journal(),
                            services.source(),
                            terms);
        } else {
            // Told when it is written: so a client that connects again stands behind itself in the log, wherever that
            // is.
            client.session().announce(services.journal(), services.wills(), terms, () -> connection.attached(false));
        }
    }

    /**
     * Ends what {@link #register} began; a will that was not forgotten is published.
     *
     * @param connected whether the client was told that it is
     */
    static void unregister(ConnectedClient client, String reason, boolean connected, ClientServices services) {
        Session session = client.session();
        services.sessions().remove(session);
        session.end(reason, connected ? client.will() : null);
        if (session.isKnownToSource()) { // Else its thread need not be woken.
            services.source().remove(session);
        }
    }
}
