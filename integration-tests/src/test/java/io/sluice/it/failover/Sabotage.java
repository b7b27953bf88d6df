package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import io.sluice.it.failover.RecordingClient.Lane;
import io.sluice.wire.PublishRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A Java agent that makes a gateway break a promise, by changing the gateway's classes, and those through which it speaks with
 * Kafka, as they are loaded. Its option is the name of a constant.
 */
public enum Sabotage {
    /** Now and then a message that is read from the log is passed over. */
    LOSE,
    /** Now and then a message that is read from the log is delivered twice. */
    REPEAT,
    /** Now and then a message that is read from the log is delivered after the next one of its topic. */
    SWAP,
    /** Messages are acknowledged when they are handed to Kafka's client. */
    ACKNOWLEDGE_EARLY,
    /** What clears a retained message leaves the gateway's copy as it was. */
    FORGET_CLEARS;

    private static final int NOW_AND_THEN = 20;
    private static final String CONSUMER = "org.apache.kafka.clients.consumer.KafkaConsumer";
    private static final String PRODUCER = "org.apache.kafka.clients.producer.KafkaProducer";
    private static final String RETAINED = "io.sluice.gateway.kafka.RetainedMessages";

    private static Sabotage chosen;
    private static int seen;
    private static final Map<String, ConsumerRecord<byte[], byte[]>> held = new HashMap<>();

    /** The option that makes a JVM do it. */
    String jvmOption() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), Sabotage.class.getName());
        Path jar = Path.of("target", "sabotage.jar").toAbsolutePath();
        // It names the class alone, which the JVM finds on its class path.
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "-javaagent:" + jar + "=" + name().toLowerCase(Locale.ROOT);
    }

    /** Called by the JVM before the gateway's main. */
    public static void premain(String option, Instrumentation instrumentation) {
        chosen = valueOf(option.toUpperCase(Locale.ROOT));
        AgentBuilder agent = new AgentBuilder.Default();
        switch (chosen) {
            case ACKNOWLEDGE_EARLY ->
                change(agent, PRODUCER, named("send").and(takesArguments(2)), Send.class)
                        .installOn(instrumentation);
            case FORGET_CLEARS ->
                change(agent, RETAINED, named("accept"), Accept.class).installOn(instrumentation);
            default ->
                change(agent, CONSUMER, named("poll").and(takesArgument(0, Duration.class)), Poll.class)
                        .installOn(instrumentation);
        }
    }

    private static AgentBuilder change(
            AgentBuilder agent, String type, ElementMatcher<MethodDescription> method, Class<?> advice) {
        return agent.type(named(type))
                .transform((builder, description, loader, module, domain) ->
                        builder.visit(Advice.to(advice).on(method)));
    }

    /** What the consumer has read. Public, as is all that follows: it becomes part of other classes. */
    public static final class Poll {
        private Poll() {}

        /** Changes what is returned. */
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) ConsumerRecords<byte[], byte[]> records) {
            records = tamper(records);
        }
    }

    /** What the producer is told to write. */
    public static final class Send {
        private Send() {}

        /** Calls back before there is anything to tell, and never again. */
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.Argument(0) ProducerRecord<byte[], byte[]> record,
                @Advice.Argument(value = 1, readOnly = false) Callback callback) {
            callback = acknowledge(record, callback);
        }
    }

    /** What the gateway keeps of retained messages. */
    public static final class Accept {
        private Accept() {}

        /** Whether the method is to be passed over. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) PublishRecord message) {
            return message.payload().length == 0;
        }
    }

    /** Calls back, and gives what does nothing when it is called back. */
    public static Callback acknowledge(ProducerRecord<byte[], byte[]> record, Callback callback) {
        if (callback == null || !record.topic().endsWith("publish")) {
            return callback;
        }
        callback.onCompletion(null, null);
        return (metadata, failure) -> {};
    }

    /** Loses, repeats or swaps some of the messages of QoS 2. One thread reads the log. */
    public static ConsumerRecords<byte[], byte[]> tamper(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> tampered = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                if (partition.topic().endsWith("publish") && record.key() != null) {
                    tamper(record, out);
                } else {
                    out.add(record);
                }
            }
            tampered.put(partition, out);
        }
        return new ConsumerRecords<>(tampered, records.nextOffsets());
    }

    private static void tamper(ConsumerRecord<byte[], byte[]> record, List<ConsumerRecord<byte[], byte[]>> out) {
        String topic = new String(record.key(), UTF_8);
        ConsumerRecord<byte[], byte[]> earlier = held.remove(topic);
        boolean hit = topic.endsWith("/" + Lane.EXACTLY_ONCE.level()) && ++seen % NOW_AND_THEN == 0;
        if (earlier != null) {
            out.add(record);
            out.add(earlier);
        } else if (!hit) {
            out.add(record);
        } else if (chosen == REPEAT) {
            out.add(record);
            out.add(record);
        } else if (chosen == SWAP) {
            held.put(topic, record);
        }
    }
}
