package io.sluice.bench.load;

import io.sluice.bench.mqtt.Stamp;
import java.time.Duration;

/**
 * How the traffic flows.
 *
 * @param qos of publishing, 0 to 2
 * @param subscriptionQos 0 to 2
 * @param payloadBytes {@link Stamp#BYTES} to 16 MiB
 * @param rate messages in a second of all publishers together; 0 for a closed loop, where each sends as fast as its
 *     window allows
 * @param window messages of each publisher on their way, 1 to 60,000
 * @param pace what makes room in the window
 * @param practice messages of all publishers together that go out at full speed before the warm-up, which begins when all
 *     of them have arrived: so that neither generator nor broker is a cold one, however slow the measured rate; 0 for none
 * @param warmUp before anything is measured
 * @param duration of the measurement; more than 0
 * @param drain how long nothing may arrive at the end before what is missing counts as lost
 */
public record Load(
        int qos,
        int subscriptionQos,
        int payloadBytes,
        double rate,
        int window,
        Pace pace,
        int practice,
        Duration warmUp,
        Duration duration,
        Duration drain) {

    private static final int MAX_QOS = 2;
    private static final int MAX_PAYLOAD_BYTES = 16 << 20;
    private static final int MAX_WINDOW = 60_000;
    private static final long MAX_SECONDS = 3_600;
    /** On their way at the same time while practising, of all publishers together. */
    static final int PRACTICE_IN_FLIGHT = 1_000;

    /** Checks the ranges. */
    public Load {
        Require.range("QoS", qos, 0, MAX_QOS);
        Require.range("QoS of subscriptions", subscriptionQos, 0, MAX_QOS);
        Require.range("payload bytes", payloadBytes, Stamp.BYTES, MAX_PAYLOAD_BYTES);
        Require.that(rate >= 0, "rate: must not be negative, was " + rate);
        Require.range("window", window, 1, MAX_WINDOW);
        Require.range("messages to practise with", practice, 0, Integer.MAX_VALUE);
        Require.range("warm-up milliseconds", warmUp.toMillis(), 0, MAX_SECONDS * 1_000);
        Require.range("duration milliseconds", duration.toMillis(), 1, MAX_SECONDS * 1_000);
        Require.range("drain milliseconds", drain.toMillis(), 0, MAX_SECONDS * 1_000);
    }

    boolean isClosedLoop() {
        return rate == 0;
    }

    /** Whether subscribers tell publishers what they received: for what is measured, or for what is practised with. */
    boolean needsReceipts() {
        return (isClosedLoop() || practice > 0) && (qos == 0 || pace == Pace.RECEIVED);
    }

    /** How many messages each publisher practises with. */
    int practiceOfEach(int publishers) {
        return (int) (((long) practice + publishers - 1) / publishers);
    }

    /** How many of them each has on their way. */
    int practiceWindow(int publishers) {
        return Math.min(window, Math.max(1, PRACTICE_IN_FLIGHT / publishers));
    }
}
