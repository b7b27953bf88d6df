package io.sluice.local.doctor;

import io.sluice.local.doctor.Finding.Level;
import java.util.function.Consumer;

/** Runs all checks, one after the other, on the caller's thread; an absent server costs about ten seconds. */
public final class Doctor {

    private final DoctorConfig config;

    /** Looks at the servers that a configuration names. */
    public Doctor(DoctorConfig config) {
        this.config = config;
    }

    /**
     * Runs the checks.
     *
     * @param out takes each finding as it is made
     * @return the worst of all
     */
    public Level examine(Consumer<Finding> out) {
        Report report = new Report(out);
        new LimitsCheck(report).run();
        new KafkaCheck(config.kafka(), report).run();
        new ZooKeeperCheck(config.zookeeper(), report).run();
        return report.worst();
    }
}
