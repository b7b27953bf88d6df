package io.sluice.bench.load;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What the clients of one event loop share: counters, histograms, and the sending. A publisher that may have room is only
 * noted; when the loop has handled all sockets that were ready, all noted publishers send, each with one flush.
 *
 * <p>All methods are for the loop's thread, but those that say otherwise.
 */
final class Lane {

    private static final long SWEEP_SECONDS = 1;

    final EventLoop loop;
    final RunClock clock;
    final Counters counters = new Counters();
    final Histogram deliveries = Latency.histogram();
    final Histogram acknowledgements = Latency.histogram();

    private final CompletableFuture<Snapshot> begun = new CompletableFuture<>();
    private final CompletableFuture<Snapshot> ended = new CompletableFuture<>();
    private final Runnable pump = this::pump;
    private final Runnable tick = this::tick;
    private List<Publisher> noted = new ArrayList<>();
    private List<Publisher> pumped = new ArrayList<>();
    private boolean pumpDue;

    private Timetable timetable;
    private Publisher[] all;
    private long nextDue;
    private boolean sending;
    private boolean practising;

    Lane(EventLoop loop, RunClock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /** Counts at one instant, in microseconds of the run's clock. */
    record Snapshot(long micros, Totals totals) {}

    /** Sends at full speed what is to be practised with. Any thread, once, before {@link #run}. */
    void practise(Publisher[] publishers) {
        loop.execute(() -> {
            all = publishers;
            practising = true;
            sending = true;
            noteAll();
        });
    }

    /** Sends by the timetable, from its start to its end; whoever has practised ends it. Any thread, once. */
    void run(Timetable plan, Publisher[] publishers) {
        loop.execute(() -> {
            timetable = plan;
            all = publishers;
            practising = false;
            sending = false;
            ours().forEach(Publisher::endPractice);
            at(plan.start(), this::start);
            at(plan.measureFrom(), () -> begun.complete(snapshot()));
            at(plan.end(), this::stop);
        });
    }

    /** The counts when the measurement began. Any thread. */
    CompletableFuture<Snapshot> begun() {
        return begun;
    }

    /** The counts when it ended. Any thread. */
    CompletableFuture<Snapshot> ended() {
        return ended;
    }

    Timetable timetable() {
        return timetable;
    }

    boolean isPractising() {
        return practising;
    }

    /** Whether a message of this time counts. */
    boolean isMeasured(long micros) {
        return timetable != null && timetable.isMeasured(micros);
    }

    /** Remembers that a publisher may have room. */
    void note(Publisher publisher) {
        if (sending && !publisher.noted) {
            publisher.noted = true;
            noted.add(publisher);
            if (!pumpDue) {
                pumpDue = true;
                loop.execute(pump);
            }
        }
    }

    Snapshot snapshot() {
        return new Snapshot(clock.micros(), counters.snapshot());
    }

    private void start() {
        sending = true;
        if (timetable.rate() > 0) {
            tick();
        } else {
            noteAll();
            loop.scheduleAtFixedRate(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void noteAll() {
        ours().forEach(this::note);
    }

    private Stream<Publisher> ours() {
        return Arrays.stream(all).filter(publisher -> publisher.lane == this);
    }

    /** At a fixed rate what was due is still sent, however late: leaving it out would hide that the broker was slow. */
    private void stop() {
        sending = timetable.rate() > 0;
        ended.complete(snapshot());
    }

    private void pump() {
        pumpDue = false;
        List<Publisher> batch = noted;
        noted = pumped;
        pumped = batch;
        long now = clock.micros();
        for (Publisher publisher : batch) {
            publisher.noted = false;
            if (sending) {
                publisher.send(now);
            }
        }
        batch.clear();
    }

    /** Notes the publishers whose messages are due, and comes again when the next one is. */
    private void tick() {
        long now = Math.min(clock.micros(), timetable.end() - 1);
        while (timetable.due(nextDue) <= now) {
            Publisher publisher = all[(int) (nextDue % all.length)];
            if (publisher.lane == this) {
                note(publisher);
            }
            nextDue++;
        }
        pump();
        if (timetable.due(nextDue) < timetable.end()) {
            loop.schedule(tick, timetable.due(nextDue) - clock.micros(), TimeUnit.MICROSECONDS);
        }
    }

    private void sweep() {
        ours().forEach(Publisher::writeOffLost);
    }

    private void at(long micros, Runnable action) {
        loop.schedule(action, Math.max(0, micros - clock.micros()), TimeUnit.MICROSECONDS);
    }
}
