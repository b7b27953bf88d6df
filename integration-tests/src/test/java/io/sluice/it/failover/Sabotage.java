package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import io.sluice.it.failover.Plan.Lane;
import io.sluice.wire.Origin;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * A Java agent that makes a gateway or a router break promises, by changing its classes, and those through which it speaks with
 * Kafka, as they are loaded. Which promises is told by a file that holds names of constants, with commas between them, and may
 * change while the process runs. The process prints what it has seen that it is to do, and what it has done for the first time
 * since.
 */
public enum Sabotage {
    /** Does nothing. */
    NONE("nobody"),
    /** Now and then a message that is read from the log is passed over. */
    LOSE("gateway"),
    /** Now and then a message that is read from the log is delivered twice. */
    REPEAT("gateway"),
    /** Now and then a message that is read from the log is delivered after the next one of its topic. */
    SWAP("gateway"),
    /** Messages are acknowledged when they are handed to Kafka's client. */
    ACKNOWLEDGE_EARLY("gateway"),
    /** Now and then a message of QoS 1 is written to the log twice. */
    APPEND_TWICE("gateway"),
    /** What clears a retained message leaves the gateway's copy as it was. */
    FORGET_CLEARS("gateway"),
    /** A message of a durable session is done when it was sent. */
    SETTLE_EARLY("gateway"),
    /** Now and then a message of QoS 1 goes to two of those who share a subscription. */
    GIVE_TWICE("gateway"),
    /** A message has another packet identifier a moment later. */
    CHANGE_IDENTIFIERS("gateway"),
    /** A QoS 2 message that is sent again is taken for another one. */
    FORGET_RECEIPTS("gateway"),
    /** Now and then a message is missing on the page that a session gets which comes back. */
    SKIP_ON_PAGES("router"),
    /** PUBREC leaves no trace in the index. */
    FORGET_PUBREC("router"),
    /** The will of a session is not delayed. */
    HASTEN_WILLS("router"),
    /** Wills that are left to the router, as those of a gateway that was lost, are left alone. */
    FORGET_WILLS_OF_THE_LOST("router");

    private static final int NOW_AND_THEN = 20;
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final String CONSUMER = "org.apache.kafka.clients.consumer.KafkaConsumer";
    private static final String PRODUCER = "org.apache.kafka.clients.producer.KafkaProducer";
    private static final String RETAINED = "io.sluice.gateway.kafka.RetainedMessages";
    private static final String FLOW = "io.sluice.gateway.session.DurableFlow";
    private static final String LANE = "io.sluice.gateway.group.GroupLane";
    private static final String IDENTIFIERS = "io.sluice.wire.PacketIdRanges";
    private static final String RECEIPT = "io.sluice.wire.InboundReceipt";
    private static final String PAGE = "io.sluice.router.queue.PageBuilder$Messages";
    private static final String QUEUE = "io.sluice.router.queue.ClientQueue";
    private static final String WILL = "io.sluice.wire.StoredWill";

    private static volatile Set<Sabotage> chosen = EnumSet.of(NONE);
    private static final Set<Sabotage> done = ConcurrentHashMap.newKeySet();
    private static int seen;
    private static final Map<String, ConsumerRecord<byte[], byte[]>> held = new HashMap<>();

    private final String where;

    Sabotage(String where) {
        this.where = where;
    }

    /** The kind of process that does it. */
    String where() {
        return where;
    }

    /**
     * The option that makes a JVM do it.
     *
     * @param kind of process
     * @param choice the file that tells what to do
     */
    static String jvmOption(String kind, Path choice) {
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
        return "-javaagent:" + jar + "=" + kind + ":" + choice.toAbsolutePath();
    }

    /** What a process prints when it has seen that it is to do this. */
    String announcement() {
        return "Sabotage: " + this + " is to be done";
    }

    /** What a process prints when it does this for the first time since. */
    String deed() {
        return "Sabotage: " + this + " is done";
    }

    /** What the file is to hold. */
    static String choice(Collection<Sabotage> sabotages) {
        return sabotages.stream().map(Sabotage::name).collect(Collectors.joining(","));
    }

    /** Called by the JVM before the process's own main. */
    public static void premain(String option, Instrumentation instrumentation) {
        String kind = option.substring(0, option.indexOf(':'));
        watch(Path.of(option.substring(option.indexOf(':') + 1)));
        AgentBuilder agent = new AgentBuilder.Default();
        if (kind.equals("gateway")) {
            agent = change(agent, CONSUMER, named("poll").and(takesArgument(0, Duration.class)), Poll.class);
            agent = change(agent, PRODUCER, named("send").and(takesArguments(2)), Send.class);
            agent = change(agent, RETAINED, named("accept"), Accept.class);
            agent = change(agent, FLOW, named("publish"), Publish.class);
            agent = change(agent, LANE, named("give"), Give.class);
            agent = change(agent, IDENTIFIERS, named("id"), Identifier.class);
            agent = change(agent, RECEIPT, named("uniqueId"), UniqueId.class);
        } else {
            agent = change(agent, PAGE, named("add"), PageEntry.class);
            agent = change(agent, QUEUE, named("received").and(takesArgument(2, Origin.class)), Pubrec.class);
            agent = change(agent, QUEUE, named("publishWill").and(takesArguments(3)), PublishWill.class);
            agent = change(agent, WILL, named("delaySeconds"), WillDelay.class);
        }
        agent.installOn(instrumentation);
    }

    private static AgentBuilder change(
            AgentBuilder agent, String type, ElementMatcher<MethodDescription> method, Class<?> advice) {
        return agent.type(named(type))
                .transform((builder, description, loader, module, domain) ->
                        builder.visit(Advice.to(advice).on(method)));
    }

    private static void watch(Path choice) {
        Thread thread = new Thread(() -> follow(choice), "sabotage");
        thread.setDaemon(true);
        thread.start();
    }

    private static void follow(Path choice) {
        while (true) {
            try {
                Set<Sabotage> now = EnumSet.noneOf(Sabotage.class);
                for (String name : Files.readString(choice).split(",", -1)) {
                    now.add(valueOf(name));
                }
                if (!now.equals(chosen)) {
                    done.clear();
                    chosen = now;
                    now.forEach(sabotage -> System.out.println(sabotage.announcement()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    /** Whether this is what is to be done now. */
    public boolean isChosen() {
        return chosen.contains(this);
    }

    /** It is being done; true. */
    public boolean isDone() {
        if (done.add(this)) {
            System.out.println(deed());
        }
        return true;
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

    /** What the producer is told to write. It goes by its interface here: its class must not be loaded before it can be changed. */
    public static final class Send {
        private Send() {}

        /** Writes it once more, or calls back before there is anything to tell, and never again. */
        @Advice.OnMethodEnter
        public static void enter(
                @Advice.This Producer<byte[], byte[]> producer,
                @Advice.Argument(0) ProducerRecord<byte[], byte[]> record,
                @Advice.Argument(value = 1, readOnly = false) Callback callback) {
            appendTwice(producer, record, callback);
            callback = acknowledge(record, callback);
        }
    }

    /** What the gateway keeps of retained messages. */
    public static final class Accept {
        private Accept() {}

        /** Whether the method is to be passed over. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter(@Advice.Argument(0) PublishRecord message) {
            return FORGET_CLEARS.isChosen() && message.payload().length == 0 && FORGET_CLEARS.isDone();
        }
    }

    /** What a durable session sends. */
    public static final class Publish {
        private Publish() {}

        /** Has it settled. */
        @Advice.OnMethodExit
        public static void exit(@Advice.This Object flow, @Advice.Argument(0) Object message) {
            settle(flow, message);
        }
    }

    /** What a group gives to a member. */
    public static final class Give {
        private Give() {}

        /** Has the group take it for what is still to be given. */
        @Advice.OnMethodExit
        public static void exit(@Advice.This Object lane, @Advice.Argument(0) Object delivery) {
            giveTwice(lane, delivery);
        }
    }

    /** The packet identifier of a place in the log. */
    public static final class Identifier {
        private Identifier() {}

        /** Is that of another place, which changes 30 times a second. */
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(value = 1, readOnly = false) long offset) {
            offset += CHANGE_IDENTIFIERS.isChosen() && CHANGE_IDENTIFIERS.isDone() ? System.nanoTime() >>> 25 : 0;
        }
    }

    /** The unique id of a message from a client. */
    public static final class UniqueId {
        private UniqueId() {}

        /** Is another one each time. */
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String id) {
            id += FORGET_RECEIPTS.isChosen() && FORGET_RECEIPTS.isDone() ? "/" + System.nanoTime() : "";
        }
    }

    /** What goes into a page. */
    public static final class PageEntry {
        private PageEntry() {}

        /** Whether it is passed over. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return SKIP_ON_PAGES.isChosen() && isHit() && SKIP_ON_PAGES.isDone();
        }
    }

    /** What the index notes of a PUBREC. */
    public static final class Pubrec {
        private Pubrec() {}

        /** Whether it does not. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return FORGET_PUBREC.isChosen() && FORGET_PUBREC.isDone();
        }
    }

    /** The will that nobody else publishes. */
    public static final class PublishWill {
        private PublishWill() {}

        /** Whether it is passed over. */
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return FORGET_WILLS_OF_THE_LOST.isChosen() && FORGET_WILLS_OF_THE_LOST.isDone();
        }
    }

    /** How long a will is to wait. */
    public static final class WillDelay {
        private WillDelay() {}

        /** Changes what is returned. */
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long seconds) {
            seconds = HASTEN_WILLS.isChosen() && seconds > 0 && HASTEN_WILLS.isDone() ? 0 : seconds;
        }
    }

    /** Whether it is the turn of this one. */
    public static synchronized boolean isHit() {
        return ++seen % NOW_AND_THEN == 0;
    }

    /** Tells the index that a message is done. */
    public static void settle(Object flow, Object message) {
        if (!SETTLE_EARLY.isChosen()) {
            return;
        }
        try {
            PublishRecord sent = (PublishRecord) accessible(message, "message").invoke(message);
            Runnable nothing = () -> {};
            accessible(flow, "settled", Origin.class, Runnable.class)
                    .invoke(flow, new Origin(sent.partition(), sent.offset()), nothing);
            SETTLE_EARLY.isDone();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has a group give a message of QoS 1 to another member as well. */
    public static void giveTwice(Object lane, Object delivery) {
        try {
            if (GIVE_TWICE.isChosen() && accessible(delivery, "qos").invoke(delivery) == Qos.AT_LEAST_ONCE && isHit()) {
                Object message = accessible(delivery, "message").invoke(delivery);
                accessible(lane, "giveBack", PublishRecord.class).invoke(lane, message);
                GIVE_TWICE.isDone();
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method accessible(Object owner, String name, Class<?>... arguments) throws NoSuchMethodException {
        Method method = owner.getClass().getDeclaredMethod(name, arguments);
        method.setAccessible(true);
        return method;
    }

    /** Writes some of the messages that their publishers sent at QoS 1 once more than they sent them. */
    public static void appendTwice(
            Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record, Callback callback) {
        // Nobody is called back for what this writes, nor is it written twice therefore.
        if (APPEND_TWICE.isChosen() && isMessage(record, callback) && isOfQos1(record) && isHit()) {
            producer.send(record, null);
            APPEND_TWICE.isDone();
        }
    }

    private static boolean isMessage(ProducerRecord<byte[], byte[]> record, Callback callback) {
        return callback != null && record.topic().endsWith("publish");
    }

    private static boolean isOfQos1(ProducerRecord<byte[], byte[]> record) {
        Header qos = record.headers().lastHeader("mqtt.qos");
        return qos != null && new String(qos.value(), UTF_8).equals("1");
    }

    /** Calls back, and gives what does nothing when it is called back. */
    public static Callback acknowledge(ProducerRecord<byte[], byte[]> record, Callback callback) {
        if (!ACKNOWLEDGE_EARLY.isChosen() || !isMessage(record, callback)) {
            return callback;
        }
        ACKNOWLEDGE_EARLY.isDone();
        callback.onCompletion(null, null);
        return (metadata, failure) -> {};
    }

    /** Loses, repeats or swaps some of the messages of QoS 2. One thread reads the log. */
    public static ConsumerRecords<byte[], byte[]> tamper(ConsumerRecords<byte[], byte[]> records) {
        if (!LOSE.isChosen() && !REPEAT.isChosen() && !SWAP.isChosen()) {
            return records;
        }
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
        boolean hit = topic.endsWith("/" + Lane.EXACTLY_ONCE.level()) && isHit();
        if (earlier != null) {
            out.add(record);
            out.add(earlier);
            SWAP.isDone();
        } else if (!hit) {
            out.add(record);
        } else if (REPEAT.isChosen()) {
            out.add(record);
            out.add(record);
            REPEAT.isDone();
        } else if (SWAP.isChosen()) {
            held.put(topic, record);
        } else {
            LOSE.isDone();
        }
    }
}
