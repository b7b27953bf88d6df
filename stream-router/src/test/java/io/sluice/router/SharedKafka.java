package io.sluice.router;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One Kafka for all tests of the module, since its start takes seconds; each test names topics of its own. */
public final class SharedKafka implements BeforeAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedKafka.class);

    private KafkaCluster cluster;

    /** It runs until the last test has ended. */
    private record Running(Path folder, KafkaCluster cluster) implements AutoCloseable {

        static Running start() {
            try {
                Path folder = Files.createTempDirectory("kafka");
                return new Running(folder, new KafkaCluster(folder));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster = context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Running.class, unused -> Running.start(), Running.class)
                .cluster();
    }

    /** The Kafka that runs. */
    public KafkaCluster cluster() {
        return cluster;
    }
}
