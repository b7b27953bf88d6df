package io.sluice.kit.cli;

import io.sluice.kit.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class VersionOption implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"Sluice " + Build.version()};
    }
}
