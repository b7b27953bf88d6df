package io.sluice.kit.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One setting of a configuration record, seen from the record that holds all.
 *
 * @param key the full key, such as {@code mqtt.maxPacketSize}
 * @param component where it stands
 * @param setting how it is described
 */
record SettingKey(String key, RecordComponent component, Setting setting) {

    /** Every variable that overrides a setting begins so. */
    static final String VARIABLE_PREFIX = "SLUICE_";

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    /** The environment variable that overrides it: {@code SLUICE_MQTT_MAX_PACKET_SIZE}. */
    String variable() {
        String words = WORD_START.matcher(key).replaceAll("_");
        return VARIABLE_PREFIX + words.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Free-form settings are read from the file alone: their keys would not survive as names of variables. */
    boolean hasVariable() {
        return component.getType() != Map.class;
    }

    /** All settings of a record and its sections, in the order of the components. */
    static List<SettingKey> of(Class<?> type) {
        List<SettingKey> found = new ArrayList<>();
        collect(type, "", found);
        return found;
    }

    private static void collect(Class<?> type, String prefix, List<SettingKey> into) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + component.getName();
            if (component.getType().isRecord()) {
                collect(component.getType(), key + ".", into);
            } else {
                into.add(of(key, component));
            }
        }
    }

    static SettingKey of(String key, RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            throw new IllegalArgumentException(
                    component.getDeclaringRecord().getName() + "." + component.getName() + " carries no @Setting");
        }
        return new SettingKey(key, component, setting);
    }
}
