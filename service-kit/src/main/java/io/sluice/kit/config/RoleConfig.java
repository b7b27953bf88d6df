package io.sluice.kit.config;

/** The configuration of a process of the cluster. */
public interface RoleConfig {

    /** What the process is called in logs and metrics. */
    String name();
}
