package io.sluice.kit.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** The log of this process: who writes it, and how much of it. Thread-safe. */
public final class ProcessLog {

    static final String ROLE = "role";
    static final String NODE = "node";
    private static final String ROOT = "ROOT";

    private ProcessLog() {}

    /**
     * From now on each line in JSON tells who has written it; the same words as the labels of the metrics.
     *
     * @param role such as {@code gateway}
     * @param node the process's name
     */
    public static void writtenBy(String role, String node) {
        LoggerContext context = context();
        context.putProperty(ROLE, role);
        context.putProperty(NODE, node);
    }

    /** The level of each logger that has one of its own, by its name; {@code ROOT} is that of all others. */
    public static Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel().toString());
            }
        }
        return levels;
    }

    /**
     * Changes the level of a logger, and of those below it that have none of their own, until the process ends.
     *
     * @param logger such as {@code io.sluice.gateway} or {@code ROOT}
     * @param level {@code OFF}, {@code ERROR}, {@code WARN}, {@code INFO}, {@code DEBUG} or {@code TRACE}; empty for that of the
     *     logger above it, which {@code ROOT} does not have
     * @return whether there is such a level
     */
    public static boolean setLevel(String logger, String level) {
        Level chosen = level.isEmpty() ? null : Level.toLevel(level, null);
        if (chosen == null && (!level.isEmpty() || logger.equals(ROOT))) {
            return false;
        }
        context().getLogger(logger).setLevel(chosen);
        return true;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
