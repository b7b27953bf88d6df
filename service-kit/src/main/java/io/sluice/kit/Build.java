package io.sluice.kit;

/** Which build of Sluice this is. */
public final class Build {

    private Build() {}

    /** Such as {@code 1.2.3}, as the jar's manifest tells it; {@code development} if the classes come from no jar. */
    public static String version() {
        String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
