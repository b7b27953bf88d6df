package io.sluice.leader.duty;

import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import io.sluice.leader.duty.TopicsReport.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Kafka's topics as the cluster needs them: adds those that are missing, and looks again now and then. A topic with
 * another number of partitions than configured is never touched, and then nothing is added either, because keys are placed
 * by that number in all topics alike.
 */
public final class TopicProvisioning implements Duty {

    private static final Logger log = LoggerFactory.getLogger(TopicProvisioning.class);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration RECHECK = Duration.ofSeconds(30);

    private final ClusterTopics topics;
    private final Board board;
    private final DutyThread thread = new DutyThread("topic-provisioning", this::run);
    private volatile TopicsReport report = TopicsReport.UNKNOWN;

    /** Where the primary's findings are shown to all candidates. */
    public interface Board {

        /**
         * Shows a report.
         *
         * @throws TermOverException if another leader may be elected
         * @throws Exception when it could not be shown
         */
        void show(Term term, TopicsReport report) throws Exception;
    }

    /** @param topics how they are and should be */
    public TopicProvisioning(ClusterTopics topics, Board board) {
        this.topics = topics;
        this.board = board;
    }

    /** What was found last. Any thread. */
    public TopicsReport report() {
        return report;
    }

    @Override
    public void begin(Term term) {
        thread.begin(term);
    }

    @Override
    public void end() {
        thread.end();
        report = TopicsReport.UNKNOWN;
    }

    private void run(Term term) throws InterruptedException {
        TopicsReport shown = null;
        while (!term.isOver()) {
            try {
                TopicsReport found = look(term);
                if (!found.equals(report)) {
                    report = found;
                    tell(found);
                }
                if (!found.equals(shown)) {
                    board.show(term, found);
                    shown = found;
                }
            } catch (TermOverException e) {
                return;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                log.atWarn().setCause(e).log("The state of the topics could not be shown to the other candidates");
            }
            Duration pause = report.ready() && report.equals(shown) ? RECHECK : RETRY;
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        }
    }

    private TopicsReport look(Term term) throws TermOverException, InterruptedException {
        try {
            return topics.reconcile(term);
        } catch (ExecutionException e) {
            log.atDebug().setCause(e.getCause()).log("Topics could not be provisioned");
            return new TopicsReport(State.FAILED, reason(e.getCause()), term.number(), List.of());
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof TimeoutException
                ? "Kafka does not answer: " + cause.getMessage()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static void tell(TopicsReport report) {
        switch (report.state()) {
            case READY ->
                log.atInfo().addKeyValue("topics", report.topics().size()).log("Topics are provisioned");
            case REFUSED -> log.atError().addKeyValue("reason", report.detail()).log("Topics are refused");
            case FAILED ->
                log.atWarn()
                        .addKeyValue("reason", report.detail())
                        .log("Topics could not be provisioned; it will be tried again");
            case UNKNOWN -> log.atDebug().log("Topics are not known yet");
        }
        for (TopicsReport.Topic topic : report.topics()) {
            for (String warning : topic.warnings()) {
                log.atWarn().addKeyValue("topic", topic.name()).log("Topic differs: {}", warning);
            }
        }
    }
}
