package io.sluice.it.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of processes as they tell them, by name. */
final class Exposition {

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"(?:[^\"\\\\]|\\\\.)*\"");
    /** Every metric has the first two; the third belongs to histograms. */
    private static final Set<String> UNIVERSAL = Set.of("role", "node", "le");

    private final Map<String, Family> families = new TreeMap<>();

    /**
     * A metric.
     *
     * @param roles that tell it
     * @param labels beside those that all have
     */
    record Family(String name, String type, String help, Set<String> roles, Set<String> labels) {}

    /** Adds what a process of a role has told. */
    void add(String role, String text) {
        Map<String, String> help = new TreeMap<>();
        List<String> samples = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                help.put(words[2], words[3]);
            } else if (line.startsWith("# TYPE ")) {
                families.computeIfAbsent(
                        words[2],
                        name -> new Family(
                                name, words[3], help.getOrDefault(name, ""), new TreeSet<>(), new TreeSet<>()));
                families.get(words[2]).roles().add(role);
            } else {
                samples.add(line);
            }
        }
        samples.forEach(this::labels);
    }

    private void labels(String sample) {
        String name = sample.split("[{ ]", 2)[0];
        Family family = families.getOrDefault(name, families.get(name.replaceFirst("_(bucket|sum|count)$", "")));
        Matcher label = LABEL.matcher(sample);
        while (label.find()) {
            if (!UNIVERSAL.contains(label.group(1))) {
                family.labels().add(label.group(1));
            }
        }
    }

    /** Those whose name begins so. */
    List<Family> families(String prefix) {
        return families.values().stream()
                .filter(family -> family.name().startsWith(prefix))
                .toList();
    }
}
