package io.sluice.local;

import java.nio.file.Path;

/**
 * Where the log lines of a command go. To be chosen before the first logger is made, so by classes that have none.
 */
final class Logging {

    private static final String CONFIGURATION = "logback.configurationFile";

    private Logging() {}

    /** To {@code sluice.log} in a folder; only warnings of Sluice itself also go to the console. */
    static void toFile(Path folder) {
        System.setProperty("sluice.log.folder", folder.toString());
        choose("logback-file.xml");
    }

    /** Nowhere: the command says itself all that there is to say. */
    static void off() {
        choose("logback-off.xml");
    }

    /** Whoever has chosen a configuration already keeps it. */
    private static void choose(String resource) {
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, resource);
        }
    }
}
