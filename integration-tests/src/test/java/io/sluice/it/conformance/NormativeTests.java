package io.sluice.it.conformance;

import static java.util.stream.Collectors.toCollection;

import io.sluice.gateway.Normative;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** The tests that name statements: those of this module and those of the gateway. */
final class NormativeTests {

    private NormativeTests() {}

    /** The tests of each statement that is named, as {@code class#method}. */
    static Map<String, SortedSet<String>> byStatement() {
        Map<String, SortedSet<String>> tests = new TreeMap<>();
        all().filter(test -> test.isAnnotationPresent(Normative.class))
                .forEach(test -> Stream.of(test.getAnnotation(Normative.class).value())
                        .forEach(number -> tests.computeIfAbsent(number, any -> new TreeSet<>())
                                .add(name(test))));
        return tests;
    }

    /** The tests of the protocol that name nothing. */
    static SortedSet<String> nameless() {
        return all().filter(test -> test.getDeclaringClass().getPackage() == NormativeTests.class.getPackage())
                .filter(test -> test.getDeclaringClass().getSimpleName().endsWith("IT"))
                .filter(test -> !test.isAnnotationPresent(Normative.class))
                .map(NormativeTests::name)
                .collect(toCollection(TreeSet::new));
    }

    private static Stream<Method> all() {
        List<Class<?>> classes = ReflectionSupport.findAllClassesInPackage(
                "io.sluice", any -> true, name -> name.endsWith("Test") || name.endsWith("IT"));
        return classes.stream()
                .filter(type -> !AnnotationSupport.isAnnotated(type, Disabled.class))
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .filter(NormativeTests::isTest);
    }

    private static boolean isTest(Method method) {
        return !AnnotationSupport.isAnnotated(method, Disabled.class)
                && (AnnotationSupport.isAnnotated(method, Test.class)
                        || AnnotationSupport.isAnnotated(method, TestTemplate.class));
    }

    private static String name(Method test) {
        return test.getDeclaringClass().getSimpleName() + "#" + test.getName();
    }
}
