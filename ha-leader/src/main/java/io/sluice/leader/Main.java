package io.sluice.leader;

import io.sluice.kit.cli.RoleCommand;

/** Runs one leader candidate until it is told to stop. */
public final class Main {

    private Main() {}

    /** {@code --config FILE}. */
    public static void main(String[] args) {
        RoleCommand.main("leader", new RoleCommand<>(LeaderConfig.class, Leader::start), args);
    }
}
