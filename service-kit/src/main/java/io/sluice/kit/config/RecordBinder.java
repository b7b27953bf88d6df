package io.sluice.kit.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one record, and those inside it, of defaults, a file's tree and the environment; the later wins. */
final class RecordBinder {

    private final String file;
    private final Map<String, String> environment;

    /**
     * @param file how messages call the file
     * @param environment the variables
     */
    RecordBinder(String file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** @param section what the file holds for this record; a missing or null node if nothing */
    <R extends Record> R bind(Class<R> type, String prefix, JsonNode section) {
        if (!section.isObject() && !section.isMissingNode() && !section.isNull()) {
            throw new ConfigException(file + ": " + place(prefix) + " must be a section with keys of its own");
        }
        refuseUnknownKeys(type, prefix, section);
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Map<String, String> sources = new HashMap<>();
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            JsonNode node = section.path(name);
            if (components[i].getType().isRecord()) {
                values[i] = bind(components[i].getType().asSubclass(Record.class), prefix + name + ".", node);
            } else {
                SettingKey key = SettingKey.of(prefix + name, components[i]);
                sources.put(name, source(key, node));
                values[i] = value(key, node, sources.get(name));
            }
        }
        return construct(type, prefix, values, sources);
    }

    private void refuseUnknownKeys(Class<?> type, String prefix, JsonNode section) {
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        section.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw new ConfigException(file + ": " + prefix + name + " is not a setting; " + place(prefix) + " has "
                        + String.join(", ", known));
            }
        });
    }

    private String source(SettingKey key, JsonNode node) {
        if (key.hasVariable() && environment.containsKey(key.variable())) {
            return key.variable();
        }
        return node.isMissingNode() ? "default" : file;
    }

    private Object value(SettingKey key, JsonNode node, String source) {
        try {
            if (!key.hasVariable()) {
                return map(node);
            }
            if (source.equals(key.variable())) {
                return parse(key, environment.get(source));
            }
            if (node.isMissingNode()) {
                return parse(key, key.setting().value());
            }
            return key.component().getType() == List.class ? list(key, node) : parse(key, scalar(key, node));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(source + ": " + key.key() + " " + e.getMessage(), e);
        }
    }

    private static Object parse(SettingKey key, String text) {
        return SettingParser.parse(key.component().getGenericType(), text);
    }

    private static String scalar(SettingKey key, JsonNode node) {
        if (!node.isValueNode() || node.isNull()) {
            throw new IllegalArgumentException(node.isNull() ? "has no value" : "must be a single value");
        }
        // YAML reads 1.10 as a number: as text it would have become 1.1 by now.
        if (key.component().getType() == String.class && !node.isTextual()) {
            throw new IllegalArgumentException("must be text: put it between quotes");
        }
        return node.asText();
    }

    private static Object list(SettingKey key, JsonNode node) {
        if (!node.isArray()) {
            return parse(key, scalar(key, node));
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode element : node) {
            if (!element.isValueNode() || element.isNull() || element.asText().contains(",")) {
                throw new IllegalArgumentException("must be a list of single values without commas");
            }
            parts.add(element.asText());
        }
        return parse(key, String.join(",", parts));
    }

    private static Map<String, String> map(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("must be a section of names and values");
        }
        Map<String, String> values = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
                throw new IllegalArgumentException("must hold single values: put '" + entry.getKey() + "' on one line");
            }
            values.put(entry.getKey(), entry.getValue().asText());
        });
        return values;
    }

    private <R extends Record> R construct(Class<R> type, String prefix, Object[] values, Map<String, String> sources) {
        try {
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw refused(prefix, refusal, sources);
            }
            throw new IllegalStateException("Cannot make a " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot make a " + type.getName(), e);
        }
    }

    /** The record's message begins with the component's name: the full key and its source come before it. */
    private ConfigException refused(String prefix, IllegalArgumentException refusal, Map<String, String> sources) {
        String message = refusal.getMessage();
        String component = message.split("[^A-Za-z0-9]", 2)[0];
        return new ConfigException(sources.getOrDefault(component, file) + ": " + prefix + message, refusal);
    }

    private static String place(String prefix) {
        return prefix.isEmpty() ? "the configuration" : prefix.substring(0, prefix.length() - 1);
    }
}
