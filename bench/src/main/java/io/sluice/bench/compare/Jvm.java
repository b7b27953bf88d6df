package io.sluice.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs that run on this one's class path. */
final class Jvm {

    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private Jvm() {}

    static List<String> command(List<String> options, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(BIN.resolve("java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /** A tool of the JDK. */
    static String tool(String name) {
        return BIN.resolve(name).toString();
    }
}
