package io.sluice.bench.load;

import java.time.Duration;

/**
 * A run of clients that connect and leave again.
 *
 * @param brokers where to; as many clients as may be on their way come and go all the time
 * @param warmUp before anything is measured
 * @param duration of the measurement
 */
public record ConnectPlan(Brokers brokers, Duration warmUp, Duration duration) {}
