package io.sluice.local.doctor;

import io.sluice.local.doctor.Finding.Level;
import java.util.function.Consumer;

/** Takes findings as they are made and remembers the worst. Belongs to the thread that runs the checks. */
final class Report {

    private final Consumer<Finding> out;
    private Level worst = Level.OK;

    Report(Consumer<Finding> out) {
        this.out = out;
    }

    void ok(String subject, String text) {
        add(new Finding(Level.OK, subject, text));
    }

    void warn(String subject, String text) {
        add(new Finding(Level.WARN, subject, text));
    }

    void fail(String subject, String text) {
        add(new Finding(Level.FAIL, subject, text));
    }

    Level worst() {
        return worst;
    }

    private void add(Finding finding) {
        if (finding.level().compareTo(worst) > 0) {
            worst = finding.level();
        }
        out.accept(finding);
    }
}
