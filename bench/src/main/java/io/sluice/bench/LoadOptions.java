package io.sluice.bench;

import io.sluice.bench.load.Load;
import io.sluice.bench.load.Pace;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the scenarios that send messages: how they flow. */
final class LoadOptions {

    private static final int CLOSED_LOOP_WINDOW = 10;
    private static final int RATE_WINDOW = 1_000;

    @Option(
            names = "--qos",
            paramLabel = "QOS",
            defaultValue = "0",
            description = "Of publishing and, without --subscription-qos, of subscribing. Default: ${DEFAULT-VALUE}.")
    private int qos;

    @Option(names = "--subscription-qos", paramLabel = "QOS", description = "Of subscribing.")
    private Integer subscriptionQos;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "Of each message; 10 or more. Default: ${DEFAULT-VALUE}.")
    private int payload;

    @Option(
            names = "--rate",
            paramLabel = "MSG/S",
            defaultValue = "0",
            description = "Of all publishers together; latency counts from when a message was due. Without it each"
                    + " publisher sends as fast as its window allows.")
    private double rate;

    @Option(
            names = "--window",
            paramLabel = "MESSAGES",
            description = "Of each publisher on their way. Default: 10, at a fixed rate 1000.")
    private Integer window;

    @Option(
            names = "--pace",
            paramLabel = "PACE",
            description =
                    "What makes room in the window: acknowledged (the broker has it) or received (the"
                            + " subscribers too). At QoS 0 always received. Default: acknowledged for one-to-one, else received.")
    private String pace;

    @Option(
            names = "--topics-per-publisher",
            paramLabel = "N",
            defaultValue = "1",
            description = "Each publisher goes through its topics in turn. Default: ${DEFAULT-VALUE}.")
    private int topicsPerPublisher;

    @Option(
            names = "--stopped",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Further subscribers, at QoS 0, that stop reading when they have subscribed. Nothing about them"
                            + " is measured but what they do to the others. Default: ${DEFAULT-VALUE}.")
    private int stopped;

    @Option(
            names = "--practice",
            paramLabel = "MESSAGES",
            defaultValue = "0",
            description = "So many go out at full speed before the warm-up, so that neither side of a slow run is cold."
                    + " Default: ${DEFAULT-VALUE}.")
    private int practice;

    @Mixin
    private TimeOptions time;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = Durations.class,
            description = "How long nothing may arrive at the end before what is missing counts as lost."
                    + " Default: ${DEFAULT-VALUE}.")
    private Duration drain;

    Load load(Pace usual) {
        int publishWindow = window == null ? (rate == 0 ? CLOSED_LOOP_WINDOW : RATE_WINDOW) : window;
        int subscribeQos = subscriptionQos == null ? qos : subscriptionQos;
        return new Load(
                qos,
                subscribeQos,
                payload,
                rate,
                publishWindow,
                pace(usual),
                practice,
                time.warmUp(),
                time.duration(),
                drain);
    }

    int stopped() {
        return stopped;
    }

    int topicsPerPublisher() {
        return topicsPerPublisher;
    }

    private Pace pace(Pace usual) {
        if (pace == null) {
            return usual;
        }
        try {
            return Pace.valueOf(pace.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BenchException("--pace: must be acknowledged or received, was '" + pace + "'");
        }
    }
}
