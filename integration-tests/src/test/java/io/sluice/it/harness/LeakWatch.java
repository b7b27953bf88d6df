package io.sluice.it.harness;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Remembers what Netty's leak detector says in this process. */
public final class LeakWatch extends AppenderBase<ILoggingEvent> {

    /** How every line of the leak detector begins. */
    public static final String MARK = "LEAK:";

    private static final LeakWatch WATCH = new LeakWatch();

    private final List<String> leaks = new CopyOnWriteArrayList<>();

    private LeakWatch() {}

    /** Begins to watch. */
    public static synchronized void begin() {
        if (!WATCH.isStarted()) {
            WATCH.start();
            ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(WATCH);
        }
    }

    /** What was said since. */
    public static List<String> leaks() {
        return List.copyOf(WATCH.leaks);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getFormattedMessage().startsWith(MARK)) {
            leaks.add(event.getFormattedMessage());
        }
    }
}
