package io.sluice.kit.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the operator's reference of all settings from the configuration records themselves, as Markdown. */
public final class ConfigReference {

    private static final String INTRODUCTION = """
            # Configuration

            <!-- Written from the configuration records: change those, not this file. -->

            Each role reads one YAML file (`--config FILE`) with the settings that differ from their defaults. A key
            `a.bCd` is `bCd` in the section `a`:

            ```yaml
            kafka:
              bootstrapServers: kafka-1:9092,kafka-2:9092
            ```

            An environment variable wins over the file, the file over the default. An unknown key, a value of the wrong
            type and a value out of its range are errors: the process says which key and where it was set, and does not
            start.

            - Durations are written `500ms`, `10s`, `2m`, `1h`, `7d`, or as ISO 8601 (`PT10S`).
            - Whole numbers are written bare or with `KiB`, `MiB` or `GiB`.
            - Lists are YAML lists in the file, and have commas between their elements in the environment.
            - Text that YAML would take for a number or a boolean needs quotes.

            Beside the settings, `SLUICE_LOG_LEVEL` (default `INFO`) is the log level of Sluice itself,
            `SLUICE_LOG_LEVEL_LIBRARIES` (default `WARN`) that of the libraries it uses, and `SLUICE_LOG_FORMAT` is `text` (the default) or
            `json`: see [logs.md](logs.md).
            """;

    private ConfigReference() {}

    /**
     * One table of the reference.
     *
     * @param title of the section, such as {@code Gateway}
     * @param introduction one paragraph
     * @param configuration the role's record
     */
    public record Role(String title, String introduction, Class<? extends Record> configuration) {}

    /**
     * The whole document, the same for the same records.
     *
     * @throws IllegalArgumentException if a setting is not described, or two of a role have the same variable
     */
    public static String render(List<Role> roles) {
        StringBuilder document = new StringBuilder(INTRODUCTION);
        for (Role role : roles) {
            document.append("\n## ").append(role.title()).append("\n\n");
            document.append(role.introduction()).append("\n\n");
            document.append("| key | environment variable | default | unit | description |\n");
            document.append("|---|---|---|---|---|\n");
            Map<String, String> variables = new HashMap<>();
            for (SettingKey key : SettingKey.of(role.configuration())) {
                refuseDuplicate(variables.put(key.variable(), key.key()), key);
                document.append(row(key));
            }
        }
        return document.toString();
    }

    private static void refuseDuplicate(String other, SettingKey key) {
        if (other != null) {
            throw new IllegalArgumentException(other + " and " + key.key() + " are both " + key.variable());
        }
    }

    private static String row(SettingKey key) {
        Setting setting = key.setting();
        return "| `%s` | %s | %s | %s | %s |%n"
                .formatted(
                        key.key(),
                        key.hasVariable() ? code(key.variable()) : "",
                        setting.value().isEmpty() ? "(empty)" : code(setting.value()),
                        unit(key),
                        cell(setting.doc()))
                .replace(System.lineSeparator(), "\n");
    }

    private static String unit(SettingKey key) {
        return key.component().getType() == Duration.class
                ? "duration"
                : key.setting().unit();
    }

    private static String code(String text) {
        return "`" + cell(text) + "`";
    }

    /** A bar would end the cell. */
    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
