package io.sluice.it.conformance;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every statement that binds a server is named by a test, and every test names statements that there are. */
class NormativeTest {

    @Test
    void everyStatementThatBindsAServerIsNamedByATest() {
        TreeSet<String> unnamed = statements().entrySet().stream()
                .filter(entry -> entry.getValue().equals("server"))
                .map(Map.Entry::getKey)
                .collect(toCollection(TreeSet::new));
        unnamed.removeAll(named());
        assertThat(unnamed).isEmpty();
    }

    @Test
    void everyNameIsAStatement() {
        Set<String> unknown = named();
        unknown.removeAll(statements().keySet());
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyTestOfTheProtocolNamesStatements() {
        TreeSet<String> nameless = tests().filter(method -> !method.isAnnotationPresent(Normative.class))
                .map(method -> method.getDeclaringClass().getSimpleName() + "." + method.getName())
                .collect(toCollection(TreeSet::new));
        assertThat(nameless).isEmpty();
    }

    private static Set<String> named() {
        return tests().filter(method -> method.isAnnotationPresent(Normative.class))
                .flatMap(method ->
                        Arrays.stream(method.getAnnotation(Normative.class).value()))
                .collect(toCollection(TreeSet::new));
    }

    private static Stream<Method> tests() {
        try (Stream<Path> files = Files.list(
                Path.of(NormativeTest.class.getResource("NormativeTest.class").toURI())
                        .getParent())) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("IT.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .flatMap(name -> Arrays.stream(load(name).getDeclaredMethods()))
                    .filter(NormativeTest::isTest)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isTest(Method method) {
        return AnnotationSupport.isAnnotated(method, Test.class)
                || AnnotationSupport.isAnnotated(method, TestTemplate.class);
    }

    private static Class<?> load(String simpleName) {
        try {
            String name = NormativeTest.class.getPackageName() + "." + simpleName;
            return Class.forName(name, false, NormativeTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each statement's number with whom it binds. */
    private static Map<String, String> statements() {
        Map<String, String> statements = new TreeMap<>();
        for (String file : new String[] {"/normative/mqtt-5.0.txt", "/normative/mqtt-3.1.1.txt"}) {
            lines(file).filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] words = line.split(" ", 3);
                statements.put(words[0], words[1]);
            });
        }
        return statements;
    }

    private static Stream<String> lines(String resource) {
        try (var in = NormativeTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
