package io.sluice.it.hostile;

import static io.sluice.it.probe.Property.SUBSCRIPTION_IDENTIFIER;
import static io.sluice.it.probe.Property.TOPIC_ALIAS;

import io.sluice.it.probe.Bytes;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.Packets;
import io.sluice.it.probe.Properties;
import io.sluice.it.probe.Property;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Version;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a hostile client sends: everything comes from a seed, so that a case can be repeated. */
final class HostileBytes {

    private static final int MAX_NOISE = 300;
    private static final int LARGEST_BODY = 200_000;
    private static final int MAX_FLAWS = 4;
    private static final int TOPICS = 20;

    private final Random random;
    private final Version version;

    HostileBytes(long seed, Version version) {
        this.random = new Random(seed);
        this.version = version;
    }

    /** The kinds of harm. */
    enum Kind {
        /** Bytes that are no packet at all. */
        RANDOM,
        /** A packet that breaks off. */
        TRUNCATED,
        /** Packets of which some bytes are wrong. */
        DAMAGED,
        /** A packet that is, or claims to be, larger than anything. */
        OVERSIZED,
        /** Right packets in the wrong place. */
        OUT_OF_STATE
    }

    byte[] of(Kind kind) {
        return switch (kind) {
            case RANDOM -> noise(1 + random.nextInt(MAX_NOISE));
            case TRUNCATED -> truncated();
            case DAMAGED -> damaged();
            case OVERSIZED -> oversized();
            case OUT_OF_STATE -> outOfState();
        };
    }

    /** The CONNECT of a client that means no harm yet. */
    byte[] connect() {
        Connect connect = Connect.of(version).clientId("hostile" + random.nextInt(TOPICS));
        if (random.nextInt(4) == 0) {
            connect.will(topic(), "a will", random.nextInt(3), false);
        }
        return connect.bytes();
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private String topic() {
        return "hostile/" + random.nextInt(TOPICS);
    }

    private int id() {
        return 1 + random.nextInt(5);
    }

    /** Any packet of a client as it should be. */
    private byte[] packet() {
        return switch (random.nextInt(11)) {
            case 0 -> connect();
            case 1 -> Pub.to(topic(), "x").bytes(version);
            case 2 ->
                Pub.to(topic(), "y".repeat(random.nextInt(2_000))).qos1(id()).bytes(version);
            case 3 -> Pub.to(topic(), "z").qos2(id()).bytes(version);
            case 4 -> Packets.puback(id());
            case 5 -> Packets.pubrec(id());
            case 6 -> Packets.pubrel(id());
            case 7 -> Packets.pubcomp(id());
            case 8 -> Packets.subscribe(version, id(), topic() + "/#", random.nextInt(3));
            case 9 -> Packets.unsubscribe(version, id(), topic(), topic() + "/#");
            default -> Packets.pingreq();
        };
    }

    private byte[] truncated() {
        byte[] whole = packet();
        return new Bytes()
                .raw(random.nextBoolean() ? packet() : new byte[0])
                .raw(Arrays.copyOf(whole, random.nextInt(whole.length)))
                .toArray();
    }

    private byte[] damaged() {
        Bytes all = new Bytes();
        for (int packets = 1 + random.nextInt(3); packets > 0; packets--) {
            byte[] bytes = packet();
            for (int flaws = random.nextInt(MAX_FLAWS); flaws > 0; flaws--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            all.raw(bytes);
        }
        return all.toArray();
    }

    private byte[] oversized() {
        int first = List.of(0x10, 0x30, 0x32, 0x34, 0x40, 0x62, 0x82, 0xA2, 0xC0, 0xE0)
                .get(random.nextInt(10));
        return switch (random.nextInt(5)) {
            // More than any server takes, and the largest that can be written.
            case 0 -> new Bytes().u8(first).varint(2_000_000).raw(noise(1_000)).toArray();
            case 1 ->
                new Bytes().u8(first).varint(268_435_455).raw(noise(1_000)).toArray();
            // Allowed, but most of it never comes.
            case 2 ->
                new Bytes()
                        .u8(first)
                        .varint(900_000)
                        .raw(noise(random.nextInt(LARGEST_BODY)))
                        .toArray();
            // Strings and properties that claim more than their packet holds.
            case 3 ->
                Bytes.packet(first, new Bytes().u16(0xFFFF).raw(noise(100)).toArray());
            default ->
                Bytes.packet(
                        0x82,
                        new Bytes()
                                .u16(id())
                                .raw(version.is5() ? new byte[1] : new byte[0])
                                .raw(Packets.filter("/".repeat(0xFFFF), 1))
                                .toArray());
        };
    }

    /** Right packets that have no business where they stand, between right ones. */
    private byte[] outOfState() {
        Bytes all = new Bytes();
        for (int packets = random.nextInt(3); packets > 0; packets--) {
            all.raw(packet());
        }
        all.raw(misplaced());
        return all.raw(packet()).toArray();
    }

    private byte[] misplaced() {
        List<byte[]> choice = version.is5() ? misplacedIn5() : misplacedAnywhere();
        return choice.get(random.nextInt(choice.size()));
    }

    private List<byte[]> misplacedAnywhere() {
        byte[] qos1 = Pub.to(topic(), "one id, two messages").qos1(7).bytes(version);
        byte[] qos2 = Pub.to(topic(), "never released").qos2(7).bytes(version);
        return List.of(
                new Bytes().raw(connect()).raw(connect()).toArray(),
                new Bytes().raw(Packets.disconnect()).raw(qos1).toArray(),
                new Bytes().raw(qos1).raw(qos1).raw(qos2).raw(qos2).toArray(),
                new Bytes()
                        .raw(qos2)
                        .raw(Packets.pubrel(7))
                        .raw(Packets.pubrel(7))
                        .toArray(),
                new Bytes().raw(Packets.pubrel(7)).raw(qos2).toArray(),
                Packets.puback(60_000),
                Packets.pubrec(60_000),
                Packets.pubrel(60_000),
                Packets.pubcomp(60_000),
                Bytes.hex("20 02 00 00"), // CONNACK
                Bytes.hex("90 03 00 01 00"), // SUBACK
                Bytes.hex("B0 02 00 01"), // UNSUBACK
                Bytes.hex("D0 00"), // PINGRESP
                Bytes.hex("F0 00"), // AUTH
                Pub.to("", "no topic").bytes(version),
                Pub.to("hostile/+", "a wildcard").qos1(1).bytes(version),
                Pub.to("$SYS/broker/version", "forged").retain().bytes(version),
                Pub.to(topic(), "no id").qos(1, 0).bytes(version),
                Pub.to(topic(), "QoS 3").qos(3, 1).bytes(version),
                Pub.to(topic(), "DUP at QoS 0").dup().bytes(version),
                Packets.subscribe(version, 0, topic(), 1),
                Packets.subscribe(version, 1, Properties.NONE),
                Packets.subscribe(version, 1, "hostile/#/x", 1),
                Packets.subscribe(version, 1, "$share/group/" + topic(), 1),
                Packets.unsubscribe(version, 1));
    }

    private List<byte[]> misplacedIn5() {
        List<byte[]> all = new java.util.ArrayList<>(misplacedAnywhere());
        all.addAll(List.of(
                Packets.auth(0x18, Properties.NONE.with(Property.AUTHENTICATION_METHOD, "none")),
                Pub.to(topic(), "alias 0").with(TOPIC_ALIAS, 0).bytes(version),
                Pub.to("", "unknown alias").with(TOPIC_ALIAS, 3).bytes(version),
                Pub.to(topic(), "alias too high").with(TOPIC_ALIAS, 0xFFFF).bytes(version),
                Pub.to(topic(), "an identifier")
                        .with(SUBSCRIPTION_IDENTIFIER, 1)
                        .bytes(version),
                Packets.subscribe(
                        version, 1, Properties.NONE.with(SUBSCRIPTION_IDENTIFIER, 0), Packets.filter(topic(), 1)),
                Packets.disconnect(0, Properties.NONE.with(Property.SESSION_EXPIRY_INTERVAL, 10)),
                Packets.ack(0x40, 1, 0x42)));
        return all;
    }
}
