package io.sluice.kit.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads configuration records. A value comes from the environment, or else from the YAML file, or else from the
 * {@link Setting}'s default. The full key {@code mqtt.maxPacketSize} is the component {@code maxPacketSize} of the
 * section {@code mqtt}, and {@code SLUICE_MQTT_MAX_PACKET_SIZE} in the environment.
 *
 * <p>A setting may be text, a whole number (bare, or with KiB, MiB or GiB), a decimal, true or false, a
 * {@link java.time.Duration} ({@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d}, or ISO 8601), a
 * {@link Path}, an enum's constant ({@code oldest-first}), a list of these (commas between them in the environment),
 * or a map of texts, which the environment cannot override.
 */
public final class Configs {

    /** What the launcher and the log are told by. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "SLUICE_LOG_FORMAT", "SLUICE_LOG_LEVEL", "SLUICE_LOG_LEVEL_LIBRARIES", "SLUICE_JAVA_OPTS", "SLUICE_DIST");

    private Configs() {}

    /**
     * Reads a configuration.
     *
     * @param fileOrNull a YAML file; null for defaults and environment alone
     * @param environment the variables, usually {@link System#getenv()}
     * @throws ConfigException if the file cannot be read, holds an unknown key or a value that does not fit
     */
    public static <R extends Record> R load(Class<R> type, Path fileOrNull, Map<String, String> environment) {
        JsonNode tree = fileOrNull == null ? MissingNode.getInstance() : read(fileOrNull);
        String file = fileOrNull == null ? "default" : fileOrNull.toString();
        return new RecordBinder(file, environment).bind(type, "", tree);
    }

    /**
     * Reads those sections of a role's configuration that a record names. The others are not looked at, so that one
     * record fits the files of all roles.
     *
     * @param file a YAML file
     * @param environment the variables, usually {@link System#getenv()}
     * @throws ConfigException as {@link #load} does
     */
    public static <R extends Record> R loadSections(Class<R> type, Path file, Map<String, String> environment) {
        JsonNode tree = read(file);
        if (tree instanceof ObjectNode sections) {
            sections.retain(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getName)
                    .toList());
        }
        return new RecordBinder(file.toString(), environment).bind(type, "", tree);
    }

    /** The configuration of one who chose nothing. */
    public static <R extends Record> R defaults(Class<R> type) {
        return load(type, null, Map.of());
    }

    /**
     * Variables that look like a setting's and are none's: misspelt, or another role's.
     *
     * @param environment the variables, usually {@link System#getenv()}
     */
    public static List<String> unknownVariables(Class<? extends Record> type, Map<String, String> environment) {
        Set<String> known = SettingKey.of(type).stream()
                .filter(SettingKey::hasVariable)
                .map(SettingKey::variable)
                .collect(Collectors.toSet());
        return environment.keySet().stream()
                .filter(variable -> variable.startsWith(SettingKey.VARIABLE_PREFIX))
                .filter(variable -> !known.contains(variable) && !NOT_SETTINGS.contains(variable))
                .sorted()
                .toList();
    }

    private static JsonNode read(Path file) {
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            return yaml.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": no such file", e);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            String reason = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new ConfigException(file + ":" + line + ": is not valid YAML: " + reason, e);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read (" + e + ")", e);
        }
    }
}
