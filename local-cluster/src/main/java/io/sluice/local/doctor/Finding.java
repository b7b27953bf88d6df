package io.sluice.local.doctor;

/**
 * One line of the doctor's report.
 *
 * @param level how bad it is
 * @param subject what was looked at, in a word or two
 * @param text what was found, and for all but {@link Level#OK} what to do about it
 */
public record Finding(Level level, String subject, String text) {

    /** How bad it is, in rising order. */
    public enum Level {
        /** As it should be. */
        OK(0),
        /** It works, but something will be lost or slow when something else goes wrong. */
        WARN(1),
        /** A cluster cannot work like this. */
        FAIL(2);

        private final int exitCode;

        Level(int exitCode) {
            this.exitCode = exitCode;
        }

        /** What the process ends with when this was the worst. */
        public int exitCode() {
            return exitCode;
        }
    }

    /** As it is printed: level, subject and text in columns. */
    @Override
    public String toString() {
        return "%-4s  %-22s %s".formatted(level, subject, text);
    }
}
