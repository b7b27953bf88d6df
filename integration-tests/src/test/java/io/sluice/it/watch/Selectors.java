package io.sluice.it.watch;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what an expression of PromQL asks for: metrics with their matchers, without ranges, functions and comparisons. */
final class Selectors {

    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:])(up|(?:sluice|jvm|process|disk|kafka|logback|system)_\\w+|\\w+:[\\w:]+)"
                    + "(?![\\w:(])\\s*(\\{[^}]*})?");

    private Selectors() {}

    static Set<String> of(String expression) {
        Set<String> selectors = new LinkedHashSet<>();
        Matcher matcher = SELECTOR.matcher(expression);
        while (matcher.find()) {
            selectors.add(matcher.group(1) + (matcher.group(2) == null ? "" : matcher.group(2)));
        }
        return selectors;
    }
}
