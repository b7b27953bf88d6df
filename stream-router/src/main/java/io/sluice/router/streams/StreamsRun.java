package io.sluice.router.streams;

import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.sluice.kit.http.Check;
import io.sluice.kit.metrics.Metrics;
import io.sluice.router.RouterConfig;
import io.sluice.router.metrics.RouterMetrics;
import io.sluice.router.topology.ForeignStateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a stage for as long as the process lives, on a thread of its own: waits for Kafka and the topics, starts Kafka
 * Streams, looks after it, and when it has ended begins again after a pause. It never ends the process: what is wrong is
 * logged and makes the router not ready. The states and how they follow each other: {@link RunState}.
 */
public final class StreamsRun implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StreamsRun.class);
    /** Kafka is away when so many looks had no answer. */
    private static final int UNANSWERED = 4;

    private static final long LEAVE_TIMEOUT_S = 10;
    private static final Duration ADMIN_CLOSE = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** After a run of this length the next failure is a new one. */
    private static final Duration GOOD_RUN = Duration.ofMinutes(2);

    private final Stage stage;
    private final RouterConfig config;
    private final Metrics metrics;
    private final RouterMetrics meters;
    private final ThreadFailures failures;
    private final TopicGate gate;
    private final LogWatch watch;
    private final MemberName memberName;
    private final LetterWriter letters;
    private final Thread thread;
    private volatile boolean closing;
    private volatile RunState state = new RunState.Waiting("starting");
    /** When Kafka has last answered, by the monotonic clock; null before the first time. */
    private volatile Long answeredAt;

    private StreamsRun(Stage stage, RouterConfig config, Metrics metrics, RouterMetrics meters) {
        this.stage = stage;
        this.config = config;
        thread = new Thread(this::run, "run-" + stage.name());
        this.metrics = metrics;
        this.meters = meters;
        failures = new ThreadFailures(meters, System::nanoTime);
        gate = new TopicGate(stage, config.kafka(), detail -> state = new RunState.Waiting(detail));
        watch = new LogWatch(stage, meters);
        memberName = new MemberName(config.stateFolder(), stage.applicationId(), config.name());
        letters = new LetterWriter(
                config.kafka().clientProperties(), config.processing().closeTimeout());
        meters.state(stage.name(), "waiting", () -> state instanceof RunState.Waiting);
        meters.state(stage.name(), "starting", () -> state instanceof RunState.Started && !state.isReady());
        meters.state(stage.name(), "running", () -> state.isReady());
        meters.state(stage.name(), "failed", () -> state instanceof RunState.Failed);
    }

    /** Starts the run of the stage that keeps what is retained; does not wait for anything. */
    public static StreamsRun retained(RouterConfig config, Metrics metrics, RouterMetrics meters) {
        return start(new RetainedStage(config, meters), config, metrics, meters);
    }

    /** Starts the run of the match stage; does not wait for anything. */
    public static StreamsRun match(RouterConfig config, Metrics metrics, RouterMetrics meters) {
        return start(new MatchStage(config, meters), config, metrics, meters);
    }

    /** Starts the run of the queue stage; does not wait for anything. */
    public static StreamsRun queue(RouterConfig config, Metrics metrics, RouterMetrics meters) {
        return start(new QueueStage(config, meters), config, metrics, meters);
    }

    /** Starts the run of a stage; does not wait for anything. */
    static StreamsRun start(Stage stage, RouterConfig config, Metrics metrics, RouterMetrics meters) {
        StreamsRun run = new StreamsRun(stage, config, metrics, meters);
        run.watch.unknown();
        run.thread.start();
        return run;
    }

    /** What health depends on; any thread. */
    public List<Check> ready() {
        RunState present = state;
        return List.of(
                new Check(stage.name() + " streams", present.isReady(), present.detail()),
                kafka(),
                new Check(stage.name() + " threads", !failures.isRepeated(), failures.detail()));
    }

    private Check kafka() {
        Long answered = answeredAt;
        if (answered == null) {
            return new Check(stage.name() + " kafka", false, "has not answered yet");
        }
        Duration silence = Duration.ofNanos(System.nanoTime() - answered);
        boolean answers = silence.compareTo(config.processing().watchInterval().multipliedBy(UNANSWERED)) < 0;
        return new Check(stage.name() + " kafka", answers, "last answer " + silence.toSeconds() + " s ago");
    }

    /** Whether only a restart of the process helps; any thread. */
    public List<Check> live() {
        boolean alive = thread.isAlive();
        return List.of(new Check(stage.name() + " run", alive, alive ? "running" : "has ended"));
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                long begin = System.nanoTime();
                runOnce();
                if (System.nanoTime() - begin > GOOD_RUN.toNanos()) {
                    pause = FIRST_PAUSE;
                }
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            }
        } catch (InterruptedException e) {
            log.atDebug().log("Told to stop");
        }
    }

    /** From the wait for the topics to the end of Kafka Streams. */
    private void runOnce() throws InterruptedException {
        Admin admin = null;
        try {
            admin = Admin.create(config.kafka().clientProperties());
            Map<String, String> ids = gate.await(admin);
            answeredAt = System.nanoTime();
            // Before the first record is read: afterwards nobody sees from where to where records were missing.
            look(admin, ids);
            runStreams(admin, ids);
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            // Such as a broker whose name cannot be resolved, or a state folder that another router uses.
            failed(Causes.isFullDisk(e) ? noRoom(Causes.rootMessage(e)) : Causes.rootMessage(e));
        } finally {
            watch.unknown();
            if (admin != null) {
                // Without a limit it would wait for answers that nobody needs any more.
                admin.close(ADMIN_CLOSE);
            }
        }
    }

    private static InterruptedException interrupted(RuntimeException e) {
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(e);
        return interrupted;
    }

    private void runStreams(Admin admin, Map<String, String> ids) throws InterruptedException {
        try (Stage.Started begun = stage.begin(ids)) {
            runStreams(admin, ids, begun);
        }
    }

    private void runStreams(Admin admin, Map<String, String> ids, Stage.Started begun) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        KafkaStreams streams = new KafkaStreams(
                begun.topology(),
                StreamsProperties.of(config, stage, memberName.get(), begun.sieve(), meters, letters));
        try (KafkaStreamsMetrics streamsMetrics = new KafkaStreamsMetrics(streams)) {
            streamsMetrics.bindTo(metrics.registry());
            failures.newRun();
            streams.setUncaughtExceptionHandler(failures);
            streams.setStateListener((to, from) -> {
                log.atInfo()
                        .addKeyValue("stage", stage.name())
                        .addKeyValue("from", from)
                        .addKeyValue("to", to)
                        .log("Kafka Streams has changed its state");
                if (to == KafkaStreams.State.ERROR || to == KafkaStreams.State.NOT_RUNNING) {
                    ended.countDown();
                }
            });
            streams.start();
            state = new RunState.Started(streams);
            lookAfter(admin, ids, begun, ended);
        } finally {
            close(streams, begun);
        }
    }

    /** Returns when Kafka Streams has ended or has to. */
    private void lookAfter(Admin admin, Map<String, String> ids, Stage.Started begun, CountDownLatch ended)
            throws InterruptedException {
        while (!ended.await(config.processing().watchInterval().toMillis(), TimeUnit.MILLISECONDS)) {
            Map<String, String> present = look(admin, ids);
            if (!ids.equals(present)) {
                failed(present == null ? "topics are missing" : "topics were made anew");
                return;
            }
            if (begun.flaw() != null) {
                failed(begun.flaw());
                return;
            }
        }
        if (failures.isOf(FencedInstanceIdException.class)) {
            failed("Kafka has another member under the name " + memberName.get() + ": going on under a new one");
            changeName(admin);
        } else if (failures.isOf(ForeignStateException.class)) {
            failed(failures.cause());
        } else if (failures.isOf(MissingSourceTopicException.class)) {
            // A member that comes back under its name is given its former tasks; here it was given none.
            leaveGroup(admin);
            failed("topics are missing");
        } else if (failures.isOfFullDisk()) {
            failed(noRoom(failures.cause()));
        } else {
            failed("Kafka Streams has ended: " + failures.cause());
        }
    }

    /** The state is a copy of what stands in Kafka: nothing is lost, and it is restored as soon as there is room. */
    private String noRoom(String cause) {
        return "no room for the state in " + config.stateFolder() + ": " + cause;
    }

    /**
     * Nobody else has the name, so Kafka has a member under it that nobody speaks for: when Kafka was killed or stalled, it may carry
     * out a join that the consumer has given up meanwhile. Such a member may hold up the others until Kafka gives up waiting for it.
     */
    private void changeName(Admin admin) throws InterruptedException {
        while (!leaveGroup(admin)) {
            TimeUnit.MILLISECONDS.sleep(config.processing().watchInterval().toMillis());
        }
        memberName.renew();
    }

    /** Returns false if Kafka does not answer; then the group forgets this router after its session timeout at the earliest. */
    private boolean leaveGroup(Admin admin) throws InterruptedException {
        List<MemberToRemove> members = IntStream.rangeClosed(
                        1, config.processing().threads())
                .mapToObj(thread -> new MemberToRemove(memberName.get() + "-" + thread))
                .toList();
        try {
            admin.removeMembersFromConsumerGroup(
                            stage.applicationId(), new RemoveMembersFromConsumerGroupOptions(members))
                    .all()
                    .get(LEAVE_TIMEOUT_S, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            log.atDebug().setCause(e).log("The group does not know this router any more, or has not answered");
            return !(e.getCause() instanceof RetriableException);
        } catch (TimeoutException e) {
            log.atDebug().setCause(e).log("The group has not answered");
            return false;
        }
    }

    /** Returns the topics as they are now, null if one is missing, or those that were known if Kafka does not answer. */
    private Map<String, String> look(Admin admin, Map<String, String> known) throws InterruptedException {
        try {
            Map<String, String> present = gate.ask(admin);
            answeredAt = System.nanoTime();
            if (present != null) {
                watch.look(admin);
            }
            return present;
        } catch (ExecutionException | TimeoutException e) {
            watch.unknown();
            log.atDebug().setCause(e).log("The lag is not known");
            return known;
        }
    }

    private void failed(String detail) {
        state = new RunState.Failed(detail);
        log.atError()
                .addKeyValue("stage", stage.name())
                .addKeyValue("detail", detail)
                .log("Not running; trying again");
    }

    /** Whoever stops leaves its tasks to the others at once; whoever begins again after a failure keeps them. */
    private void close(KafkaStreams streams, Stage.Started begun) {
        if (closing) {
            begun.leaving();
        }
        CloseOptions options = CloseOptions.timeout(config.processing().closeTimeout())
                .withGroupMembershipOperation(
                        closing ? GroupMembershipOperation.LEAVE_GROUP : GroupMembershipOperation.REMAIN_IN_GROUP);
        if (!streams.close(options)) {
            log.atWarn()
                    .log("Kafka Streams did not end in time; what it has not written is done again by the next one");
        }
    }

    /** Lets the run end soon; {@link #close} waits for it. */
    public void stop() {
        if (!closing) {
            closing = true;
            thread.interrupt();
        }
    }

    /** Ends the run; what was read is written and committed, if that is possible in time. */
    @Override
    public void close() {
        stop();
        try {
            thread.join(config.processing().closeTimeout().multipliedBy(2).toMillis());
            letters.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
