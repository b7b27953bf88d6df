package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    private static final int ROUNDS = 50_000;
    private static final int CODE_POINTS = 0x110000;

    /** The bytes around which the rules change. */
    private static final int[] EDGES = {
        0x00, 0x01, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithTheStrictDecoderOnBytesFromTheEdgesOfTheRules(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            agrees(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void agreesWithTheStrictDecoderOnTextWithOneByteChanged(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = text(random).getBytes(UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            agrees(bytes);
        }
    }

    @Test
    void takesEveryCodePointButZeroAndTheSurrogates() {
        assertThat(IntStream.range(0, CODE_POINTS).filter(codePoint -> !Utf8.isWellFormed(encode(codePoint))))
                .containsExactlyElementsOf(IntStream.concat(
                                IntStream.of(0),
                                IntStream.rangeClosed(Character.MIN_SURROGATE, Character.MAX_SURROGATE))
                        .boxed()
                        .toList());
    }

    /** [MQTT-1.5.4-2]. */
    @Test
    void refusesTheNullCharacter() {
        assertThat(Utf8.isWellFormed("a\0b".getBytes(UTF_8))).isFalse();
    }

    @Test
    void takesNothingAtAll() {
        assertThat(Utf8.isWellFormed(new byte[0])).isTrue();
    }

    /** [MQTT-1.5.4-3]: a byte order mark is a character like any other. */
    @Test
    void takesAByteOrderMark() {
        assertThat(Utf8.isWellFormed(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}))
                .isTrue();
    }

    private static void agrees(byte[] bytes) {
        assertThat(Utf8.isWellFormed(bytes))
                .as(() -> "bytes " + HexFormat.of().formatHex(bytes))
                .isEqualTo(strict(bytes));
    }

    private static boolean strict(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf(0) < 0;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(8);
        for (int i = 0; i < length; i++) {
            int bound = 1 << (4 + random.nextInt(17));
            int codePoint = random.nextInt(Math.min(bound, CODE_POINTS));
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            text.appendCodePoint(surrogate ? 'x' : codePoint);
        }
        return text.toString();
    }

    /** Encodes surrogates as well, which Java's own encoder does not. */
    private static byte[] encode(int codePoint) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (codePoint < 0x80) {
            bytes.write(codePoint);
        } else if (codePoint < 0x800) {
            bytes.write(0xC0 | (codePoint >> 6));
            bytes.write(continuation(codePoint));
        } else if (codePoint < 0x10000) {
            bytes.write(0xE0 | (codePoint >> 12));
            bytes.write(continuation(codePoint >> 6));
            bytes.write(continuation(codePoint));
        } else {
            bytes.write(0xF0 | (codePoint >> 18));
            bytes.write(continuation(codePoint >> 12));
            bytes.write(continuation(codePoint >> 6));
            bytes.write(continuation(codePoint));
        }
        return bytes.toByteArray();
    }

    private static int continuation(int bits) {
        return 0x80 | (bits & 0x3F);
    }
}
