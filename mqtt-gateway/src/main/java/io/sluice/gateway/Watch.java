package io.sluice.gateway;

import io.sluice.gateway.protocol.Admission;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients in only while the gateway can serve them, and sheds those that are connected when Kafka stays away, some at a
 * time, so that they do not all knock at another gateway at once. Run by the gateway's timer.
 */
final class Watch implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);
    private static final int SHED_AT_A_TIME = 500;

    private final GatewayHealth health;
    private final Admission admission;
    private final Sessions sessions;
    private final long shedAfterNanos;
    private long servedNanos = System.nanoTime();

    Watch(GatewayConfig config, GatewayHealth health, Admission admission, Sessions sessions) {
        this.health = health;
        this.admission = admission;
        this.sessions = sessions;
        this.shedAfterNanos = config.shedAfter().toNanos();
    }

    @Override
    public void run() {
        if (health.isDraining()) {
            return; // The drain has its own pace, and nobody comes in any more.
        }
        boolean serves = health.isServing();
        long now = System.nanoTime();
        if (serves) {
            servedNanos = now;
        }
        if (serves != admission.isServing()) {
            log.info(serves ? "Serving clients" : "Not serving new clients: Kafka is away");
            admission.setServing(serves);
        }
        if (now - servedNanos > shedAfterNanos) {
            shed();
        }
    }

    private void shed() {
        Iterator<Session> some = sessions.all().iterator();
        for (int i = 0; i < SHED_AT_A_TIME && some.hasNext(); i++) {
            Session session = some.next();
            session.connection()
                    .execute(() -> session.connection().end(EndReason.LOG_UNAVAILABLE, "Kafka has been away too long"));
        }
    }
}
