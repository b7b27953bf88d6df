package io.sluice.router.streams;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;

/**
 * The name under which a router is a static member of a stage's group: the operator's, and a part that nobody else has. It lies
 * beside the stage's state, which only one process at a time can open, so that no other process lives under it. Whoever is a member
 * under it is this router, a former process of it, or what Kafka has left of either. Used by the run's thread.
 */
final class MemberName {

    private static final int OWN_PART = 8;

    private final Path file;
    private final String name;

    /**
     * The name's place, which need not exist yet.
     *
     * @param name the router's
     */
    MemberName(Path stateFolder, String applicationId, String name) {
        file = stateFolder.resolve(applicationId + ".member");
        this.name = name;
    }

    /**
     * The present name, which is made at the first time.
     *
     * @throws KafkaException when the state folder cannot be used
     */
    String get() {
        try {
            if (!Files.exists(file)) {
                renew();
            }
            return name + "-" + Files.readString(file);
        } catch (IOException e) {
            throw new KafkaException("the state folder cannot be used", e);
        }
    }

    /**
     * Gives the present name up for a new one.
     *
     * @throws KafkaException when the state folder cannot be used
     */
    void renew() {
        Path written = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(written, UUID.randomUUID().toString().substring(0, OWN_PART));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new KafkaException("the state folder cannot be used", e);
        }
    }
}
