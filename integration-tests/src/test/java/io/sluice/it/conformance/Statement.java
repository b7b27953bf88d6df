package io.sluice.it.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A numbered statement of a version of the specification, as the lists in {@code normative/} have it.
 *
 * @param number such as {@code MQTT-3.1.0-2}
 * @param binds whom
 * @param asks what, in short
 * @param remark why there are no tests or not enough
 * @param on what the remark is about, empty if there is none
 */
record Statement(String number, Binds binds, String asks, Remark remark, String on) {

    private static final Pattern LINE =
            Pattern.compile("(MQTT(?:311)?-[0-9.]+-[0-9]+) \\| (\\w+) \\| ([^|]+\\S)(?: \\| (\\w+): ([^|]+\\S))?");
    private static final Pattern NUMBER = Pattern.compile("MQTT(?:311)?-(\\d+\\.\\d+\\.\\d+)-(\\d+)");

    /** Whom a statement binds. */
    enum Binds {
        SERVER,
        CLIENT,
        BOTH
    }

    /** What there is to say about a statement's tests. */
    enum Remark {
        /** There are tests, or the statement binds clients alone. */
        NONE,
        /** No test before something is built. */
        WAITS,
        /** No test, as nothing of this server shows whether it holds. */
        UNTESTED,
        /** Tests, and more of them when something is built. */
        MORE
    }

    /** The statements of a version, in the order of the specification. */
    static List<Statement> of(String version) {
        try (var in = Statement.class.getResourceAsStream("/normative/mqtt-" + version + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Statement::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Statement parse(String line) {
        Matcher part = match(LINE, line);
        Remark remark = part.group(4) == null
                ? Remark.NONE
                : Remark.valueOf(part.group(4).toUpperCase(java.util.Locale.ROOT));
        return new Statement(
                part.group(1),
                Binds.valueOf(part.group(2).toUpperCase(java.util.Locale.ROOT)),
                part.group(3),
                remark,
                part.group(5) == null ? "" : part.group(5));
    }

    private static Matcher match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no statement: " + text);
        }
        return matcher;
    }

    /** Whether a server has to obey. */
    boolean bindsServers() {
        return binds != Binds.CLIENT;
    }

    /** Whether there must be no test. */
    boolean isWithoutTest() {
        return remark == Remark.WAITS || remark == Remark.UNTESTED;
    }

    /** The section that the number names, such as 3.1.0. */
    String section() {
        return match(NUMBER, number).group(1);
    }

    /** The number within the section. */
    int ordinal() {
        return Integer.parseInt(match(NUMBER, number).group(2));
    }

    /** As the specification writes it, in whose own version there is no other. */
    String numberInItsVersion() {
        return number.replace("MQTT311", "MQTT");
    }
}
