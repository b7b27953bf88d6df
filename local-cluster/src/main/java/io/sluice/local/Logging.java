package io.sluice.local;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Where the log lines of those commands go whose console belongs to people. */
public final class Logging {

    private static final String CHOSEN_BY_USER = "logback.configurationFile";
    private static final String FOLDER = "sluice.log.folder";

    private Logging() {}

    /** To {@code sluice.log} in a folder; only warnings of Sluice itself also go to the console. */
    public static void toFile(Path folder) {
        System.setProperty(FOLDER, folder.toString());
        configure("/logback-file.xml");
    }

    /** Nowhere: the command says itself all that there is to say. */
    public static void off() {
        configure("/logback-off.xml");
    }

    /** From here on, also for loggers that exist already. */
    private static void configure(String resource) {
        if (System.getProperty(CHOSEN_BY_USER) != null) {
            return;
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(Logging.class.getResource(resource));
        } catch (JoranException e) {
            throw new IllegalStateException("the built-in " + resource + " is not a configuration", e);
        }
    }
}
