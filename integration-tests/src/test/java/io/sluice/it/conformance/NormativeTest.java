package io.sluice.it.conformance;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Holds the tests, and docs/conformance.md, to the statements of the specification. After a change of either, write the page
 * anew:
 *
 * <pre>{@code
 * ./mvnw -pl integration-tests -am test -Dtest=NormativeTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write
 * }</pre>
 */
class NormativeTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "conformance.md");

    private final Map<String, List<Statement>> versions = versions();
    private final Map<String, SortedSet<String>> tests = NormativeTests.byStatement();

    private static Map<String, List<Statement>> versions() {
        Map<String, List<Statement>> versions = new LinkedHashMap<>();
        for (String version : new String[] {"5.0", "3.1.1"}) {
            versions.put(version, Statement.of(version));
        }
        return versions;
    }

    @Test
    void noStatementIsMissing() {
        assertThat(versions.get("5.0")).hasSize(251);
        assertThat(versions.get("3.1.1")).hasSize(141);
        versions.values().forEach(NormativeTest::expectNoGap);
    }

    /** In each section the numbers begin with 1 and have no gap; MQTT 5.0 has no 2.2.1-1. */
    private static void expectNoGap(List<Statement> statements) {
        String section = "";
        int last = 0;
        for (Statement statement : statements) {
            if (!statement.section().equals(section)) {
                section = statement.section();
                last = statement.number().equals("MQTT-2.2.1-2") ? 1 : 0;
            }
            assertThat(statement.ordinal()).as("after %s-%d", section, last).isEqualTo(++last);
        }
    }

    @Test
    void everyStatementThatBindsAServerIsNamedByATestOrSaysWhyNot() {
        Set<String> unnamed = numbers(statement -> statement.bindsServers() && !statement.isWithoutTest());
        unnamed.removeAll(tests.keySet());
        assertThat(unnamed).isEmpty();
    }

    @Test
    void whatIsSaidToBeWithoutATestIsWithoutATest() {
        Set<String> named = numbers(Statement::isWithoutTest);
        named.retainAll(tests.keySet());
        assertThat(named).isEmpty();
    }

    @Test
    void onlyStatementsThatBindAServerHaveRemarks() {
        assertThat(numbers(statement -> !statement.bindsServers() && statement.remark() != Statement.Remark.NONE))
                .isEmpty();
    }

    @Test
    void everyNameIsAStatement() {
        Set<String> unknown = new TreeSet<>(tests.keySet());
        unknown.removeAll(numbers(statement -> true));
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyTestOfTheProtocolNamesStatements() {
        assertThat(NormativeTests.nameless()).isEmpty();
    }

    @Test
    void thePageTellsItAsItIs() throws IOException {
        String rendered = ConformanceDocument.render(versions, tests);
        if (System.getProperty("docs.write") != null) {
            Files.writeString(DOCUMENT, rendered);
        }
        assertThat(Files.readAllLines(DOCUMENT))
                .as("docs/conformance.md is outdated; the Javadoc of this test tells how to write it anew")
                .containsExactlyElementsOf(rendered.lines().toList());
    }

    private Set<String> numbers(Predicate<Statement> which) {
        return versions.values().stream()
                .flatMap(List::stream)
                .filter(which)
                .map(Statement::number)
                .collect(toCollection(TreeSet::new));
    }
}
