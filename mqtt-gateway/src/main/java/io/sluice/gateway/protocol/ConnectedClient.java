package io.sluice.gateway.protocol;

import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.session.Session;
import io.sluice.wire.PublishRecord;

/** What CONNECT and CONNACK have settled for a connection. Confined to the event loop. */
final class ConnectedClient {

    private final Session session;
    private final Terms terms;
    private final TopicAliases aliases;
    private final Publishes publishes;
    private final Subscribes subscribes;
    private PublishRecord will;

    /**
     * The terms that client and server have agreed on.
     *
     * @param keepAliveSeconds 0 for none
     * @param maximumPacketSize of packets to the client, bytes
     * @param sessionExpirySeconds as the client asked for
     * @param grantedExpirySeconds how long the session outlives the connection
     * @param durable whether the session may have been there before, or may outlive the connection
     * @param problemInformation whether acknowledgements may carry reason strings ([MQTT-3.1.2-29])
     */
    record Terms(
            ProtocolVersion version,
            int keepAliveSeconds,
            int maximumPacketSize,
            long sessionExpirySeconds,
            long grantedExpirySeconds,
            boolean durable,
            boolean problemInformation) {}

    ConnectedClient(
            Session session,
            Terms terms,
            TopicAliases aliases,
            Publishes publishes,
            Subscribes subscribes,
            PublishRecord will) {
        this.session = session;
        this.terms = terms;
        this.aliases = aliases;
        this.publishes = publishes;
        this.subscribes = subscribes;
        this.will = will;
    }

    Session session() {
        return session;
    }

    ProtocolVersion version() {
        return terms.version();
    }

    boolean wantsProblemInformation() {
        return terms.problemInformation();
    }

    int keepAliveSeconds() {
        return terms.keepAliveSeconds();
    }

    int maximumPacketSize() {
        return terms.maximumPacketSize();
    }

    long sessionExpirySeconds() {
        return terms.sessionExpirySeconds();
    }

    /** How long the session outlives the connection. */
    long grantedExpirySeconds() {
        return terms.grantedExpirySeconds();
    }

    boolean isDurable() {
        return terms.durable();
    }

    TopicAliases aliases() {
        return aliases;
    }

    Publishes publishes() {
        return publishes;
    }

    Subscribes subscribes() {
        return subscribes;
    }

    /** The will, or null if there is none or it is not to be published. */
    PublishRecord will() {
        return will;
    }

    void forgetWill() {
        will = null;
    }
}
