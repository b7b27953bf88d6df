package io.sluice.gateway;

import io.sluice.kit.cli.RoleCommand;

/** Runs one gateway until it is told to stop. */
public final class Main {

    private Main() {}

    /** {@code --config FILE}. */
    public static void main(String[] args) {
        RoleCommand.main("gateway", new RoleCommand<>(GatewayConfig.class, Gateway::startProcess), args);
    }
}
