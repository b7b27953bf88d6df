package io.sluice.gateway.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.Normative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonCodeTest {

    @Test
    void isFoundByItsValueSignedOrNot() {
        for (ReasonCode code : ReasonCode.values()) {
            assertThat(ReasonCode.of(code.value())).isSameAs(code);
            assertThat(ReasonCode.of(code.value() & 0xFF)).isSameAs(code);
            assertThat(code.isError()).isEqualTo((code.value() & 0xFF) >= 0x80);
        }
    }

    @Test
    void isNullForValuesThatMqttDoesNotHave() {
        assertThat(ReasonCode.of(0x03)).isNull();
        assertThat(ReasonCode.of(0x7F)).isNull();
        assertThat(ReasonCode.of(0xA3)).isNull();
        assertThat(ReasonCode.of(0xFF)).isNull();
    }

    @Normative({"MQTT311-3.2.2-4", "MQTT311-3.2.2-6"})
    @ParameterizedTest
    @CsvSource({
        "SUCCESS, 0",
        "UNSUPPORTED_PROTOCOL_VERSION, 1",
        "CLIENT_IDENTIFIER_NOT_VALID, 2",
        "SERVER_UNAVAILABLE, 3",
        "SERVER_BUSY, 3",
        "QUOTA_EXCEEDED, 3",
        "BAD_USER_NAME_OR_PASSWORD, 4",
        "NOT_AUTHORIZED, 5",
        "BANNED, 5",
        "MALFORMED_PACKET, -1",
        "PROTOCOL_ERROR, -1",
        "TOPIC_NAME_INVALID, -1"
    })
    void hasTheReturnCodeOfMqtt3WhereOneIsApplicable(ReasonCode code, int expected) {
        assertThat(code.connackCodeFor3()).isEqualTo(expected);
    }
}
