package io.sluice.bench;

import picocli.CommandLine.Option;

/** Kafka, and the topic and records of a run against it alone. */
final class KafkaOptions {

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "Kafka's brokers. Default: ${DEFAULT-VALUE}.")
    private String bootstrapServers;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Of the topic that is made for the run. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(names = "--keys", paramLabel = "N", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private int keys;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "Of each record; 16 or more where latency is measured. Default: ${DEFAULT-VALUE}.")
    private int payload;

    String bootstrapServers() {
        return bootstrapServers;
    }

    int partitions() {
        return partitions;
    }

    int keys() {
        return keys;
    }

    int payload() {
        return payload;
    }
}
