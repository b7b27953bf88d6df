package io.sluice.it.conformance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.sluice.it.conformance.Statement.Binds;
import io.sluice.it.conformance.Statement.Remark;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Writes docs/conformance.md from the lists of statements and the tests that name them. */
final class ConformanceDocument {

    private static final String HEAD = """
            # Conformance

            Every numbered statement of MQTT 5.0 and MQTT 3.1.1 (the specifications' appendix B), whom it binds, and the tests that
            hold this server to it. What a statement asks is told in short and in our own words; the specification is what counts.

            This page is made from the lists in `integration-tests/src/test/resources/normative` and from the statements that tests
            name (`@Normative`). The build fails when it differs from these, when a statement that binds a server has no test and
            no reason for that here, and when one that is said to wait, or to be beyond testing, has a test after all.

            Tests whose class ends in `IT` send packets to two gateways of a running cluster: they are in
            `integration-tests/src/test/java/io/sluice/it`. The others are the gateway's own, in `mqtt-gateway/src/test/java`. In every
            answer the former also refuse whatever no server may send: reserved flags, undefined reason codes, foreign or repeated
            properties, text that is not UTF-8.

            MQTT 5.0 has no statement MQTT-2.2.1-1. Three numbers that are misprinted in MQTT 3.1.1 (3.1.2.7, 3.3.1.-1, 3-8.3-4) are
            written here as they are meant. A rule for the form of a packet that clients send and servers check binds both.

            """;

    private static final String TABLE = """
            | statement | binds | what it asks | tests |
            |---|---|---|---|
            """;

    private final Map<String, SortedSet<String>> tests;
    private final StringBuilder text = new StringBuilder(HEAD);

    private ConformanceDocument(Map<String, SortedSet<String>> tests) {
        this.tests = tests;
    }

    /** The whole page. */
    static String render(Map<String, List<Statement>> versions, Map<String, SortedSet<String>> tests) {
        ConformanceDocument document = new ConformanceDocument(tests);
        document.counts(versions);
        versions.forEach(document::waiting);
        versions.forEach(document::statements);
        return document.text.toString();
    }

    private void counts(Map<String, List<Statement>> versions) {
        text.append("| version | statements | bind a server | of these tested | wait | beyond testing |"
                + " bind clients alone | of these tested |\n|---|---|---|---|---|---|---|---|\n");
        versions.forEach((version, all) -> text.append("| MQTT ")
                .append(version)
                .append(" | ")
                .append(List.of(
                                all.size(),
                                count(all, Statement::bindsServers),
                                count(all, any -> any.bindsServers() && isTested(any)),
                                count(all, any -> any.remark() == Remark.WAITS),
                                count(all, any -> any.remark() == Remark.UNTESTED),
                                count(all, any -> any.binds() == Binds.CLIENT),
                                count(all, any -> any.binds() == Binds.CLIENT && isTested(any)))
                        .stream()
                        .map(String::valueOf)
                        .collect(joining(" | ")))
                .append(" |\n"));
        text.append(
                "\nNo statement binds the network alone. One that binds clients alone is tested where the server must be"
                        + " safe from\na client that breaks it.\n");
    }

    private static long count(List<Statement> all, Predicate<Statement> which) {
        return all.stream().filter(which).count();
    }

    private boolean isTested(Statement statement) {
        return tests.containsKey(statement.number());
    }

    private void waiting(String version, List<Statement> all) {
        text.append("\nMQTT ").append(version).append(" statements without a test until something is built:\n\n");
        all.stream()
                .filter(statement -> statement.remark() == Remark.WAITS)
                .collect(groupingBy(
                        Statement::on,
                        TreeMap::new,
                        java.util.stream.Collectors.mapping(Statement::numberInItsVersion, joining(", "))))
                .forEach((on, numbers) -> text.append("- ")
                        .append(on)
                        .append(": ")
                        .append(numbers)
                        .append("\n"));
    }

    private void statements(String version, List<Statement> all) {
        text.append("\n## MQTT ").append(version).append("\n\n").append(TABLE);
        all.forEach(statement -> text.append("| ")
                .append(statement.numberInItsVersion())
                .append(" | ")
                .append(statement.binds().name().toLowerCase(Locale.ROOT))
                .append(" | ")
                .append(statement.asks())
                .append(" | ")
                .append(tests(statement))
                .append(" |\n"));
    }

    private String tests(Statement statement) {
        if (statement.remark() == Remark.WAITS) {
            return "waits for " + statement.on();
        }
        if (statement.remark() == Remark.UNTESTED) {
            return "none: " + statement.on();
        }
        SortedSet<String> names = tests.getOrDefault(statement.number(), new TreeSet<>());
        if (names.isEmpty()) {
            return "for clients alone";
        }
        SortedSet<String> quoted = names.stream().map(name -> "`" + name + "`").collect(toCollection(TreeSet::new));
        return String.join(", ", quoted) + (statement.remark() == Remark.MORE ? "; more with " + statement.on() : "");
    }
}
