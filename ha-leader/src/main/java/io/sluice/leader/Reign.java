package io.sluice.leader;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.leader.duty.Duty;
import java.util.List;

/** Has the duties done while this candidate is primary. */
final class Reign implements Leadership {

    private final List<Duty> duties;
    private final Counter elections;

    Reign(List<Duty> duties, MeterRegistry meters) {
        this.duties = List.copyOf(duties);
        elections = Counter.builder("sluice.leader.elections")
                .description("Elections that this candidate has won")
                .register(meters);
    }

    @Override
    public void granted(Term term) {
        elections.increment();
        duties.forEach(duty -> duty.begin(term));
    }

    @Override
    public void revoked(Term term) {
        duties.forEach(Duty::end);
    }
}
