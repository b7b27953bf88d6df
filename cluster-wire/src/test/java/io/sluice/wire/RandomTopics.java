package io.sluice.wire;

import java.util.Random;

/** Random topic names and filters that meet each other often: few short levels, empty ones and {@code $} among them. */
final class RandomTopics {

    private static final int MAX_LEVELS = 5;
    private static final String[] LEVELS = {"", "a", "b", "ab", "$", "$SYS", "ü"};

    private final Random random;

    RandomTopics(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A valid topic name; a lone empty level is none. */
    String name() {
        String name = String.join("/", levels());
        return name.isEmpty() ? "a" : name;
    }

    /** A valid topic name that a client may publish to: it does not begin with $. */
    String clientName() {
        String name = name();
        return name.startsWith("$") ? "a" + name : name;
    }

    /** A valid filter. */
    TopicFilter filter() {
        String[] levels = levels();
        for (int i = 0; i < levels.length; i++) {
            if (random.nextInt(3) == 0) {
                levels[i] = "+";
            }
        }
        if (random.nextInt(3) == 0) {
            levels[levels.length - 1] = "#";
        }
        String text = String.join("/", levels);
        return new TopicFilter(text.isEmpty() ? "+" : text);
    }

    private String[] levels() {
        String[] levels = new String[1 + random.nextInt(MAX_LEVELS)];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = LEVELS[random.nextInt(LEVELS.length)];
        }
        return levels;
    }
}
