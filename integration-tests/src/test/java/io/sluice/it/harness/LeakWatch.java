package io.sluice.it.harness;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Remembers what Netty's leak detector says in this process. */
final class LeakWatch extends AppenderBase<ILoggingEvent> {

    /** How every line of the leak detector begins. */
    static final String MARK = "LEAK:";

    private static final LeakWatch WATCH = new LeakWatch();

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    private LeakWatch() {}

    /** Begins to watch. */
    static synchronized void begin() {
        if (!WATCH.isStarted()) {
            WATCH.start();
            ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(WATCH);
        }
    }

    /** Has the detector of a gateway that serves print what it has to say. */
    static void letSpeak(OsProcess gateway, InetSocketAddress mqtt) {
        // It speaks when the lost buffer's memory is collected and another buffer is taken.
        gateway.jcmd("GC.run");
        try (MqttProbe probe = MqttProbe.open(mqtt, Version.MQTT_5)) {
            probe.connect(Connect.of(Version.MQTT_5));
        }
    }

    /** What was said since it began, or since this was asked last. */
    static List<String> leaks() {
        for (int i = 0; i < 2; i++) {
            System.gc();
            PooledByteBufAllocator.DEFAULT.directBuffer().release();
        }
        List<String> said = new ArrayList<>();
        for (String leak = WATCH.leaks.poll(); leak != null; leak = WATCH.leaks.poll()) {
            said.add(leak);
        }
        return said;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getFormattedMessage().startsWith(MARK)) {
            leaks.add(event.getFormattedMessage());
        }
    }
}
