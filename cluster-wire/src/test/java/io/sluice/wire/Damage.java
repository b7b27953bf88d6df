package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;

/** What can happen to bytes, and what a decoder must make of it. */
final class Damage {

    private static final int CHANGES = 20;
    private static final int MAX_GARBAGE = 40;

    private final Random random;

    Damage(long seed) {
        random = new Random(seed);
    }

    /** Reads a value. */
    @FunctionalInterface
    interface Decoder {
        Object decode(byte[] value) throws DamagedRecordException;
    }

    /** A value that is cut short anywhere or has bytes too many is refused; whatever else is done to it is read or refused. */
    void isToldBy(Decoder decoder, byte[] value) {
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            assertThatThrownBy(() -> decoder.decode(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(DamagedRecordException.class)
                    .hasMessageMatching("(?s).+");
        }
        byte[] longer = Arrays.copyOf(value, value.length + 3);
        assertThatThrownBy(() -> decoder.decode(longer))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("3 bytes too many");
        assertThatThrownBy(() -> decoder.decode(null)).isInstanceOf(DamagedRecordException.class);
        for (int i = 0; i < CHANGES; i++) {
            isReadOrRefused(decoder, changed(value));
            isReadOrRefused(decoder, garbageAfter(value, random.nextInt(Math.min(3, value.length) + 1)));
        }
    }

    private static void isReadOrRefused(Decoder decoder, byte[] value) {
        try {
            assertThat(decoder.decode(value)).isNotNull();
        } catch (DamagedRecordException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    private byte[] changed(byte[] value) {
        byte[] changed = value.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        }
        return changed;
    }

    private byte[] garbageAfter(byte[] value, int sound) {
        byte[] garbage = new byte[sound + random.nextInt(MAX_GARBAGE)];
        random.nextBytes(garbage);
        System.arraycopy(value, 0, garbage, 0, sound);
        return garbage;
    }
}
