package io.sluice.local.doctor;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the system allows a process: each MQTT connection is a file handle. */
final class LimitsCheck {

    private static final long FEW_HANDLES = 4_096;
    private static final long MANY_HANDLES = 100_000;

    private final Report report;

    LimitsCheck(Report report) {
        this.report = report;
    }

    void run() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            report.ok("file handles", "this system sets no limit that could be read");
            return;
        }
        long limit = system.getMaxFileDescriptorCount();
        String found = "a process may have " + limit + "; each MQTT connection takes one";
        String mend = ": raise it with `ulimit -n`, LimitNOFILE in a systemd unit, or the container's ulimits";
        if (limit < FEW_HANDLES) {
            report.fail("file handles", found + mend);
        } else if (limit < MANY_HANDLES) {
            report.warn("file handles", found + mend + ", if a gateway is to have more than that");
        } else {
            report.ok("file handles", found);
        }
    }
}
