package io.sluice.router;

import io.sluice.kit.cli.RoleCommand;

/** Runs one router until it is told to stop. */
public final class Main {

    private Main() {}

    /** {@code --config FILE}. */
    public static void main(String[] args) {
        RoleCommand.main("router", new RoleCommand<>(RouterConfig.class, Router::start), args);
    }
}
