package io.sluice.gateway;

import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of a gateway that serves: load balancers learn that it goes, it accepts nobody any more, and its clients are sent
 * away a few at a time, so that they do not all knock at the others at once. Run by whoever closes the gateway.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final long STEP_MS = 100;
    private static final long STEPS_A_SECOND = TimeUnit.SECONDS.toMillis(1) / STEP_MS;

    private final DrainConfig config;
    private final Sessions sessions;
    /** Whether another gateway serves. */
    private final BooleanSupplier others;

    Drain(DrainConfig config, Sessions sessions, BooleanSupplier others) {
        this.config = config;
        this.sessions = sessions;
        this.others = others;
    }

    /**
     * Returns when nobody is connected or the time is up.
     *
     * @param announce lets everybody know that the gateway goes
     * @param closePort accepts no more clients
     */
    void run(Runnable announce, Runnable closePort) throws InterruptedException {
        long began = System.nanoTime();
        announce.run();
        int clients = sessions.size();
        if (clients > 0) {
            log.atInfo().addKeyValue("clients", clients).log("Draining");
            awaitNoticed(began);
        }
        closePort.run();
        sendAway(began + config.timeout().toNanos());
        if (clients > 0) {
            log.atInfo()
                    .addKeyValue("left", sessions.size())
                    .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))
                    .log("Drained");
        }
    }

    private void awaitNoticed(long began) throws InterruptedException {
        long patience = Math.min(config.notice().toNanos(), config.timeout().toNanos());
        while (sessions.size() > 0 && System.nanoTime() - began < patience) {
            TimeUnit.MILLISECONDS.sleep(STEP_MS);
        }
    }

    private void sendAway(long deadline) throws InterruptedException {
        Iterator<Session> clients = new ArrayList<>(sessions.all()).iterator();
        long due = 0;
        for (long step = 1; clients.hasNext() && System.nanoTime() - deadline < 0; step++) {
            // Rates that are no multiple of the steps come out right over a second.
            for (long sent = due; sent < config.rate() * step / STEPS_A_SECOND && clients.hasNext(); sent++) {
                sendAway(clients.next());
                due = sent + 1;
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MS);
        }
    }

    private void sendAway(Session session) {
        EndReason reason = others.getAsBoolean() ? EndReason.USE_ANOTHER : EndReason.SHUTTING_DOWN;
        session.connection().execute(() -> session.connection().end(reason, "this gateway shuts down"));
    }
}
