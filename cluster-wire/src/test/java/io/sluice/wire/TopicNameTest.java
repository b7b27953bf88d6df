package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "//", " ", "$SYS/broker", "häuser/öl", "a b/c"})
    void takesWhatIsAName(String name) {
        assertThat(TopicName.isValid(name.getBytes(UTF_8))).isTrue();
    }

    /** [MQTT-3.3.2-2], [MQTT-4.7.3-1], [MQTT-4.7.3-2]. */
    @ParameterizedTest
    @ValueSource(strings = {"", "+", "a/#", "a+b", "a\0b"})
    void refusesWhatIsNoName(String name) {
        assertThat(TopicName.isValid(name.getBytes(UTF_8))).isFalse();
    }

    /** [MQTT-1.5.4-1]. */
    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThat(TopicName.isValid(new byte[] {'a', (byte) 0xFF})).isFalse();
    }

    /** [MQTT-4.7.3-3]. */
    @Test
    void refusesMoreThan65535Bytes() {
        assertThat(TopicName.isValid("a".repeat(65_535).getBytes(UTF_8))).isTrue();
        assertThat(TopicName.isValid("a".repeat(65_536).getBytes(UTF_8))).isFalse();
    }

    @Test
    void countsEmptyLevels() {
        assertThat(TopicName.depth("/a//".getBytes(UTF_8))).isEqualTo(4);
    }

    @Test
    void knowsTheServersOwnNames() {
        assertThat(TopicName.isReserved("$SYS/broker".getBytes(UTF_8))).isTrue();
        assertThat(TopicName.isReserved("a/$SYS".getBytes(UTF_8))).isFalse();
    }
}
