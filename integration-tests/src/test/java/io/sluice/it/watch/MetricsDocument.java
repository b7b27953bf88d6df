package io.sluice.it.watch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tables of docs/metrics.md. */
final class MetricsDocument {

    static final String BEGIN = "<!-- The tables are written by the build: WatchIT tells how. -->";

    private MetricsDocument() {}

    /** Sections by who tells the metrics. */
    static List<String> tables(List<Exposition.Family> families) {
        Map<String, Set<String>> sections = new LinkedHashMap<>();
        sections.put("Every process", Set.of("gateway", "leader", "router"));
        sections.put("Gateway", Set.of("gateway"));
        sections.put("Router", Set.of("router"));
        sections.put("Leader", Set.of("leader"));
        sections.put("Gateway and leader", Set.of("gateway", "leader"));
        StringBuilder out = new StringBuilder(BEGIN).append('\n');
        sections.forEach((title, roles) -> {
            out.append("\n## ").append(title).append("\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
            families.stream()
                    .filter(family -> family.roles().equals(roles))
                    .map(MetricsDocument::row)
                    .forEach(out::append);
        });
        return out.toString().lines().toList();
    }

    private static String row(Exposition.Family family) {
        String labels = String.join(
                ", ",
                new TreeSet<>(family.labels())
                        .stream().map(label -> "`" + label + "`").toList());
        return "| `" + family.name() + "` | " + family.type() + " | " + labels + " | " + family.help() + " |\n";
    }
}
