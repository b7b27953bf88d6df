package io.sluice.kit.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes typed values of text. Every failure is an {@link IllegalArgumentException} that says what is expected. */
final class SettingParser {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,18})\\s*(KiB|MiB|GiB)?");
    private static final Map<String, Long> SIZE_UNITS = Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private SettingParser() {}

    /** @param type a type that {@link Configs} lists, except the map */
    static Object parse(Type type, String text) {
        if (type == String.class) {
            return text;
        }
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return parseList(list.getActualTypeArguments()[0], text);
        }
        String trimmed = text.trim();
        if (type == int.class || type == Integer.class) {
            return (int) integer(trimmed, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class) {
            return integer(trimmed, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == short.class) {
            return (short) integer(trimmed, Short.MIN_VALUE, Short.MAX_VALUE);
        }
        if (type == double.class) {
            return decimal(trimmed);
        }
        if (type == boolean.class) {
            return bool(trimmed);
        }
        if (type == Duration.class) {
            return duration(trimmed);
        }
        if (type == Path.class) {
            return Path.of(trimmed);
        }
        if (type instanceof Class<?> named && named.isEnum()) {
            return constant(named, trimmed);
        }
        throw new IllegalStateException("A setting cannot be of " + type);
    }

    private static List<Object> parseList(Type element, String text) {
        if (text.isBlank()) {
            return List.of();
        }
        return Arrays.stream(text.split(",", -1))
                .map(String::trim)
                .map(part -> parse(element, part))
                .toList();
    }

    private static long integer(String text, long least, long most) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a whole number, was '" + text + "'");
        }
        long unit = matcher.group(2) == null ? 1 : SIZE_UNITS.get(matcher.group(2));
        long value;
        try {
            value = Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is too large: " + text, e);
        }
        if (value < least || value > most) {
            throw new IllegalArgumentException("must be " + least + " to " + most + ", was " + text);
        }
        return value;
    }

    private static double decimal(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a number, was '" + text + "'", e);
        }
        throw new IllegalArgumentException("must be a finite number, was '" + text + "'");
    }

    private static boolean bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, was '" + text + "'");
        };
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        try {
            if (matcher.matches()) {
                long amount = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                };
            }
            return Duration.parse(text);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException("must be a duration such as 500ms, 10s or 2m, was '" + text + "'", e);
        }
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (label(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        List<String> labels =
                Arrays.stream(type.getEnumConstants()).map(SettingParser::label).toList();
        throw new IllegalArgumentException("must be one of " + String.join(", ", labels) + ", was '" + text + "'");
    }

    /** {@code OLDEST_FIRST} is written {@code oldest-first}. */
    private static String label(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
