package io.sluice.kit.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, as the jar's manifest tells it. */
public final class BuildVersion implements IVersionProvider {

    /** Such as {@code 1.2.3}, or {@code development} if the classes come from no jar. */
    public static String current() {
        String version = BuildVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"Sluice " + current()};
    }
}
