package io.sluice.gateway.protocol;

import io.sluice.gateway.GatewayConfig;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.session.DeliverySource;
import io.sluice.gateway.session.PublicationSink;
import io.sluice.gateway.session.QueuedBytes;
import io.sluice.gateway.session.SessionJournal;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.session.Wills;

/**
 * What all connections of a gateway share. Thread-safe.
 *
 * @param queued what waits for all slow clients together
 * @param admission whether clients may connect now
 */
public record ClientServices(
        GatewayConfig config,
        Sessions sessions,
        QueuedBytes queued,
        PublicationSink sink,
        SessionJournal journal,
        DeliverySource source,
        Wills wills,
        Admission admission,
        GatewayMetrics metrics) {}
