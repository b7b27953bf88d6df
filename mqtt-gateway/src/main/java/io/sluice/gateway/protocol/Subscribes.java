package io.sluice.gateway.protocol;

import io.sluice.gateway.LimitsConfig;
import io.sluice.gateway.codec.ProtocolVersion;
import io.sluice.gateway.codec.ReasonCode;
import io.sluice.gateway.codec.Subscribe;
import io.sluice.gateway.codec.SubscriptionRequest;
import io.sluice.gateway.codec.Unsubscribe;
import io.sluice.gateway.protocol.ConnectedClient.Terms;
import io.sluice.gateway.session.DeliverySource.SubscribeRequest;
import io.sluice.gateway.session.DeliverySource.UnsubscribeRequest;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Subscription;
import io.sluice.wire.GroupId;
import io.sluice.wire.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** SUBSCRIBE and UNSUBSCRIBE of one client (MQTT 5.0 sections 3.8 to 3.11). Confined to the event loop. */
final class Subscribes {

    private final ClientConnection connection;
    private final ClientServices services;
    private final Session session;
    private final Terms terms;

    Subscribes(ClientConnection connection, ClientServices services, Session session, Terms terms) {
        this.connection = connection;
        this.services = services;
        this.session = session;
        this.terms = terms;
    }

    void subscribe(Subscribe packet) {
        List<SubscriptionRequest> requests = packet.requests();
        int most = services.config().limits().subscriptionsPerClient();
        if (requests.size() > most) {
            Disconnects.refusePacket(
                    connection, services, ReasonCode.QUOTA_EXCEEDED, "more than " + most + " filters in one SUBSCRIBE");
            return;
        }
        Set<String> seen = new HashSet<>();
        byte[] reasons = new byte[requests.size()];
        List<Subscription> granted = new ArrayList<>(requests.size());
        boolean[] sendRetained = new boolean[requests.size()];
        String detail = null;
        long filterBytes = session.filterBytes();
        for (int i = 0; i < reasons.length; i++) {
            SubscriptionRequest request = requests.get(i);
            ReasonCode refusal = refusal(request, filterBytes);
            if (refusal == null) {
                filterBytes += session.filterBytes(request.filter());
                Subscription subscription = subscription(request, packet.subscriptionIdentifier());
                // A filter that stands in the packet twice brings its retained messages once.
                // Members of a group get no retained messages (MQTT 5.0 section 4.8.2).
                sendRetained[granted.size()] = session.grant(subscription)
                        && seen.add(request.filter())
                        && !TopicFilter.isShared(request.filter());
                granted.add(subscription);
                reasons[i] = (byte) request.qos().level();
            } else {
                reasons[i] = refusal.value();
                services.metrics().refusedPacket(Disconnects.label(refusal));
                detail = Disconnects.label(refusal) + ": " + request.filter();
                Disconnects.logRefusal(connection, refusal, "subscription to " + request.filter());
            }
        }
        services.source()
                .subscribe(session, new SubscribeRequest(packet.packetId(), reasons, detail, granted, sendRetained));
    }

    private static Subscription subscription(SubscriptionRequest request, int identifier) {
        return new Subscription(
                new TopicFilter(request.filter()),
                request.qos(),
                request.noLocal(),
                request.retainAsPublished(),
                request.retainHandling(),
                identifier);
    }

    private ReasonCode refusal(SubscriptionRequest request, long filterBytes) {
        LimitsConfig limits = services.config().limits();
        String filter = request.filter();
        if (TopicFilter.isShared(filter) && GroupId.flaw(filter) != null) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (TopicFilter.flaw(filter) != null || filter.getBytes(StandardCharsets.UTF_8).length > limits.topicBytes()) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        TopicFilter wanted = new TopicFilter(filter);
        if (wanted.depth() > limits.topicLevels()) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (TopicFilter.isShared(filter) && !services.source().hasRoomFor(GroupId.of(filter))) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        boolean isOver = session.subscriptionCount() >= limits.subscriptionsPerClient()
                || filterBytes + session.filterBytes(filter) > limits.subscriptionBytesPerClient();
        boolean oneTooMany = isOver && !session.isSubscribed(wanted);
        // Retained messages that wait are not counted by the queue, so there must not be ever more of them.
        return oneTooMany || session.retainedWaiting() > limits.queueMessages() ? ReasonCode.QUOTA_EXCEEDED : null;
    }

    void unsubscribe(Unsubscribe packet) {
        byte[] reasons = new byte[packet.filters().size()];
        List<TopicFilter> filters = new ArrayList<>(reasons.length);
        String detail = null;
        for (int i = 0; i < reasons.length; i++) {
            String text = packet.filters().get(i);
            ReasonCode reason = ReasonCode.TOPIC_FILTER_INVALID;
            if (TopicFilter.flaw(text) == null) {
                TopicFilter filter = new TopicFilter(text);
                filters.add(filter);
                reason = session.revoke(filter) ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
                if (reason != ReasonCode.SUCCESS && detail == null) {
                    detail = "no subscription to " + text;
                }
            } else if (terms.version() != ProtocolVersion.MQTT_5) {
                // UNSUBACK has nothing to say it with.
                Disconnects.refusePacket(connection, services, reason, TopicFilter.flaw(text));
                return;
            } else {
                detail = TopicFilter.flaw(text);
            }
            reasons[i] = reason.value();
        }
        services.source().unsubscribe(session, new UnsubscribeRequest(packet.packetId(), reasons, detail, filters));
    }
}
