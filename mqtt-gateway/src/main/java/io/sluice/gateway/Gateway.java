package io.sluice.gateway;

import io.sluice.gateway.kafka.FanoutReader;
import io.sluice.gateway.kafka.KafkaLog;
import io.sluice.gateway.kafka.LogHealth;
import io.sluice.gateway.kafka.LogTail;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.protocol.Admission;
import io.sluice.gateway.protocol.ClientServices;
import io.sluice.gateway.session.EndReason;
import io.sluice.gateway.session.PublicationSink;
import io.sluice.gateway.session.QueuedBytes;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionJournal;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.session.Wills;
import io.sluice.gateway.transport.AgentCheck;
import io.sluice.gateway.transport.EventLoops;
import io.sluice.gateway.transport.MqttServer;
import io.sluice.kit.StartException;
import io.sluice.kit.cli.RunningProcess;
import io.sluice.kit.cli.SlowToClose;
import io.sluice.kit.http.AdminServer;
import io.sluice.kit.http.Endpoint;
import io.sluice.kit.membership.GatewayInfo;
import io.sluice.kit.membership.GatewayMembership;
import io.sluice.kit.membership.GatewayStatus;
import io.sluice.kit.metrics.Metrics;
import io.sluice.wire.Heartbeat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway, put together: the only place that makes its services. */
public final class Gateway implements SlowToClose {

    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final long WATCH_INTERVAL_MS = 250;
    private static final long START_POLL_MS = 10;
    private static final long END_POLL_MS = 20;
    /** How long a gateway that stops waits for Kafka to take the ends of its connections. */
    private static final long WRITE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final GatewayConfig config;
    /** What was started, the last one first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final ScheduledExecutorService timer;
    private final GatewayMembership membership;
    private final Sessions sessions = new Sessions();
    private final GatewayHealth health = new GatewayHealth();
    private final MqttServer server;
    private final AdminServer admin;
    /** Learns of the gateway's slots. */
    private final FanoutReader answers;

    private Gateway(GatewayConfig config, Map<String, Endpoint> endpoints) throws InterruptedException {
        this.config = config;
        try {
            Metrics metrics = start(Metrics.create("gateway", config.name()));
            GatewayMetrics gatewayMetrics = new GatewayMetrics(metrics.registry());
            ScheduledThreadPoolExecutor thread =
                    new ScheduledThreadPoolExecutor(1, work -> new Thread(work, "gateway-timer"));
            thread.setRemoveOnCancelPolicy(true);
            timer = thread;
            start(timer::shutdownNow);
            admin = start(AdminServer.start(config.admin(), health, metrics, endpoints));

            KafkaLog kafka = start(new KafkaLog(config, metrics));
            PublicationSink sink = kafka.appender(gatewayMetrics);
            EventLoops loops = start(new EventLoops(config.mqtt().eventLoops(), gatewayMetrics));
            loops.lanes().forEach(lane -> sink.onRoom(lane::resumePublishers));
            SessionJournal journal = kafka.journal(loops.lanes().size(), this::heartbeat, timer);
            LogTail tail = start(kafka.tail(loops.lanes(), this::heartbeat, health::lease, timer, gatewayMetrics));
            tail.start();
            FanoutReader fanout = start(kafka.fanout(sessions, tail));
            answers = fanout;
            fanout.start();

            // Listening comes before joining, since the members are told the port; clients are let in last of all.
            Admission admission = new Admission(config.limits().connections());
            Wills wills = new Wills(sink, timer);
            QueuedBytes queued = new QueuedBytes(config.limits().allQueuesBytesInEffect());
            gatewayMetrics.gauge(
                    "sluice.queued.bytes",
                    "What the messages take that wait for slow subscribers; one that waits for several counts for each",
                    queued,
                    QueuedBytes::bytes);
            gatewayMetrics.gauge(
                    "sluice.sockets",
                    "Sockets that clients have opened, whether their CONNECT has come or not",
                    admission,
                    Admission::sockets);
            gatewayMetrics.gauge(
                    "sluice.sockets.limit", "Sockets beyond which a CONNECT is refused", admission, Admission::limit);
            gatewayMetrics.gauge(
                    "sluice.wills.underway",
                    "Wills that are due and that the log has not confirmed",
                    wills,
                    Wills::underway);
            gatewayMetrics.gauge(
                    "sluice.wills.oldest.seconds",
                    "How long the will has been due that waits longest for the log's confirmation",
                    wills,
                    due -> due.longestWait().toMillis() / 1e3);
            server = start(MqttServer.start(
                    loops,
                    new ClientServices(
                            config, sessions, queued, sink, journal, tail, wills, admission, gatewayMetrics)));
            membership = start(join());
            answers.slotChanged(membership.slot(), membership.incarnation());
            zooKeeper(gatewayMetrics);
            LogHealth logHealth = start(kafka.health(this::heartbeat, timer, gatewayMetrics));
            start(() -> endSessions(journal, wills));
            start(() -> admission.setServing(false));
            health.started(logHealth, tail, membership);
            awaitServing(health);
            Watch watch = new Watch(config, health, admission, sessions);
            watch.run();
            every(WATCH_INTERVAL_MS, watch);
            SysTopics sys = new SysTopics(
                    config.name(), membership, tail, gatewayMetrics, health, sessions, loops::utilisation);
            every(config.sysInterval().toMillis(), sys);
            if (config.agent().port() != 0) {
                Supplier<String> answer = () -> agentAnswer(loops.utilisation(), admission);
                start(AgentCheck.start(loops, config.agent(), answer));
            }
            Drain drain = new Drain(config.drain(), sessions, this::othersServe);
            start(() -> drain.run(() -> announceEnd(sys), () -> closePort(admission)));
        } catch (RuntimeException | InterruptedException e) {
            close();
            throw e;
        }
        log.atInfo()
                .addKeyValue("gateway", config.name())
                .addKeyValue("slot", membership.slot())
                .addKeyValue("mqtt", mqttPort())
                .addKeyValue("admin", adminPort())
                .log("Gateway ready");
    }

    /**
     * Starts a gateway and waits until it serves clients.
     *
     * @throws StartException if it cannot, with the cause in one line
     */
    public static Gateway start(GatewayConfig config) {
        return start(config, Map.of());
    }

    /**
     * As {@link #start}, for a gateway that is a process of its own: {@code POST /drain} on its admin port has the process stop.
     *
     * @throws StartException if it cannot, with the cause in one line
     */
    public static Gateway startProcess(GatewayConfig config) {
        return start(config, Map.of("/drain", new DrainEndpoint(RunningProcess::requestStop)));
    }

    private static Gateway start(GatewayConfig config, Map<String, Endpoint> endpoints) {
        try {
            return new Gateway(config, endpoints);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException("interrupted while starting");
        }
    }

    /** Runs something now and again until the gateway closes. */
    private void every(long millis, Runnable task) {
        Future<?> running = timer.scheduleWithFixedDelay(task, 0, millis, TimeUnit.MILLISECONDS);
        start(() -> running.cancel(false));
    }

    private void awaitServing(GatewayHealth health) throws InterruptedException {
        long deadline = System.nanoTime() + config.startTimeout().toNanos();
        while (!health.isServing() || !answers.isReading()) {
            if (System.nanoTime() > deadline) {
                throw new StartException(
                        "the gateway did not become ready within " + config.startTimeout() + ": " + health.ready());
            }
            TimeUnit.MILLISECONDS.sleep(START_POLL_MS);
        }
    }

    private <T extends AutoCloseable> T start(T service) {
        started.push(service);
        return service;
    }

    private GatewayMembership join() {
        String mqtt = config.mqtt().advertisedAddress().isEmpty()
                ? config.mqtt().host() + ":" + server.port()
                : config.mqtt().advertisedAddress();
        String adminAddress = config.admin().host() + ":" + admin.port();
        GatewayInfo info = new GatewayInfo(
                config.name(), mqtt, adminAddress, config.log().staleAfter().toMillis());
        return GatewayMembership.join(config.zookeeper(), config.slots(), info, new Member());
    }

    private void zooKeeper(GatewayMetrics metrics) {
        metrics.gauge(
                "sluice.zookeeper.connected",
                "1 while ZooKeeper can be reached, else 0",
                membership,
                member -> member.connected() ? 1 : 0);
    }

    /** How much of its weight the gateway can bear: what its busiest event loop and its limit of connections leave. */
    private String agentAnswer(double utilisation, Admission admission) {
        if (health.isDraining()) {
            return "drain";
        }
        double load = Math.max(utilisation, (double) admission.sockets() / admission.limit());
        // HAProxy takes 0 % for a drain; and a drain before a restart is over only with the word ready.
        return "ready up " + Math.max(1, Math.round(100 * (1 - load))) + "%";
    }

    private boolean othersServe() {
        return membership.gateways().stream()
                .anyMatch(node -> !node.incarnation().equals(membership.incarnation())
                        && node.status().state().equals(GatewayStatus.READY));
    }

    /** Load balancers see it by their next check, the other members within seconds. */
    private void announceEnd(SysTopics sys) {
        health.drain();
        timer.execute(sys);
    }

    private void closePort(Admission admission) {
        server.close();
        admission.setServing(false);
    }

    private Heartbeat heartbeat() {
        return new Heartbeat(membership.incarnation(), membership.slot());
    }

    private void endSessions(EndReason reason, String detail) {
        sessions.all()
                .forEach(session ->
                        session.connection().execute(() -> session.connection().end(reason, detail)));
    }

    /** The cluster learns that all clients are gone before the gateway leaves it, or else from the leader, who finds it lost. */
    private void endSessions(SessionJournal journal, Wills wills) throws InterruptedException {
        long deadline = System.nanoTime() + WRITE_PATIENCE_NANOS;
        boolean written = false;
        while (!written && System.nanoTime() - deadline < 0) {
            endSessions(EndReason.SHUTTING_DOWN, "this gateway shuts down");
            TimeUnit.MILLISECONDS.sleep(END_POLL_MS);
            written = sessions.size() == 0 && wills.underway() == 0 && journal.unwritten() == 0;
        }
        if (!written) {
            membership.stayOnRecord();
        }
    }

    /** The port that clients connect to. */
    public int mqttPort() {
        return server.port();
    }

    /** The port of health and metrics. */
    public int adminPort() {
        return admin.port();
    }

    @Override
    public Duration closeTime() {
        return config.drain().timeout();
    }

    /**
     * Stops: no new clients, those that are connected are sent away at the pace that is configured, and what they had published
     * is written.
     */
    @Override
    public void close() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) { // AutoCloseable's signature; the rest has to be closed all the same.
                log.atWarn().setCause(e).log("A part of the gateway did not close cleanly");
            }
        }
    }

    private final class Member implements GatewayMembership.Listener {
        @Override
        public void slotChanged(int slot, String incarnation) {
            answers.slotChanged(slot, incarnation);
            log.atInfo()
                    .addKeyValue("slot", slot)
                    .addKeyValue("incarnation", incarnation)
                    .log("Slot claimed");
        }

        @Override
        public void declaredLost(String incarnation) {
            log.atWarn().addKeyValue("incarnation", incarnation).log("This gateway was declared lost");
            sessions.all().forEach(Session::declaredLost);
            endSessions(EndReason.DECLARED_LOST, "this gateway was declared lost");
        }
    }
}
