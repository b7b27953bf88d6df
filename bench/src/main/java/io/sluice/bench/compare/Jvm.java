package io.sluice.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs. */
final class Jvm {

    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private Jvm() {}

    /** What this JVM runs on. */
    static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** What a distribution in this folder runs on. */
    static String classPath(Path distribution) {
        return distribution.toAbsolutePath().resolve("lib").resolve("*").toString();
    }

    static List<String> command(String classPath, List<String> options, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(BIN.resolve("java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return command;
    }

    /** A tool of the JDK. */
    static String tool(String name) {
        return BIN.resolve(name).toString();
    }
}
