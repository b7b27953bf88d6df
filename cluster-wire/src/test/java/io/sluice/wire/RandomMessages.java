package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random messages on their way to the log: every property present or absent. */
final class RandomMessages {

    private static final long MAX_EXPIRY_SECONDS = 0xFFFF_FFFFL;

    private final Random random;
    private final RandomTopics topics;

    RandomMessages(long seed) {
        random = new Random(seed);
        topics = new RandomTopics(seed);
    }

    PublishRecord next() {
        PublishRecord message = PublishRecord.outgoing(
                topics.clientName().getBytes(UTF_8),
                bytes(),
                Qos.of(random.nextInt(3)),
                random.nextBoolean(),
                random.nextBoolean() ? ("client-" + random.nextInt(10)).getBytes(UTF_8) : null,
                random.nextBoolean() ? properties() : PublishProperties.NONE);
        return random.nextBoolean()
                ? message.withUniqueId("ü-" + random.nextInt(), random.nextBoolean() ? random.nextInt(1_000) : -1)
                : message;
    }

    /** A message with its place in the log. */
    PublishRecord logged() {
        PublishRecord message = next();
        return new PublishRecord(
                message.topic(),
                message.payload(),
                message.qos(),
                message.retain(),
                message.clientId(),
                message.properties(),
                random.nextInt(12),
                random.nextLong() >>> (5 + random.nextInt(59)),
                random.nextLong() >>> 20,
                message.uniqueId(),
                message.uniqueAfter());
    }

    /** At least one property: a message without any is read as {@link PublishProperties#NONE}. */
    private PublishProperties properties() {
        return new PublishProperties(
                random.nextInt(2),
                random.nextBoolean() ? (long) (random.nextDouble() * MAX_EXPIRY_SECONDS) : -1,
                random.nextBoolean() ? "text/plain; charset=ü" : null,
                random.nextBoolean() ? topics.clientName() : null,
                random.nextBoolean() ? bytes() : null,
                userProperties());
    }

    private List<UserProperty> userProperties() {
        String[] names = {"traceparent", "a", "", "mqtt.qos", "mqtt.user.a", "ä"};
        List<UserProperty> properties = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            properties.add(new UserProperty(names[random.nextInt(names.length)], "value " + random.nextInt()));
        }
        return properties;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }
}
