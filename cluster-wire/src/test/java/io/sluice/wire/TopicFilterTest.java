package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

    /** The specification's own examples (MQTT 5.0 sections 4.7.1 to 4.7.3). */
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1",
        "sport/tennis/player1/#, sport/tennis/player1/ranking",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon",
        "sport/#, sport",
        "#, sport/tennis",
        "#, /",
        "sport/tennis/+, sport/tennis/player1",
        "sport/+, sport/",
        "+/+, /finance",
        "/+, /finance",
        "$SYS/#, $SYS/broker/uptime",
        "$SYS/monitor/+, $SYS/monitor/Clients",
        "a//b, a//b",
        "a/+/b, a//b",
    })
    void matches(String filter, String name) {
        assertThat(new TopicFilter(filter).matches(name)).isTrue();
    }

    /** The same sections; [MQTT-4.7.2-1] for names that begin with a dollar sign. */
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/+, sport/tennis/player1/ranking",
        "sport/+, sport",
        "+, /finance",
        "#, $SYS/broker/uptime",
        "+/monitor/Clients, $SYS/monitor/Clients",
        "ACCOUNTS, Accounts",
        "/finance, finance",
        "a/b, a/b/",
        "+, $",
    })
    void doesNotMatch(String filter, String name) {
        assertThat(new TopicFilter(filter).matches(name)).isFalse();
    }

    /** [MQTT-4.7.1-1], [MQTT-4.7.1-2], [MQTT-4.7.3-1], [MQTT-4.7.3-2]. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sport/tennis#",
                "sport/tennis/#/ranking",
                "#/",
                "sport+",
                "+sport",
                "a/b+/c",
                "##",
                "++",
                "a\0b"
            })
    void refusesAFilterThatIsNone(String text) {
        assertThatThrownBy(() -> new TopicFilter(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** [MQTT-4.7.3-3]. */
    @Test
    void refusesAFilterOfMoreThan65535BytesOfUtf8() {
        assertThat(TopicFilter.flaw("ü".repeat(32_767) + "a")).isNull();
        assertThat(TopicFilter.flaw("ü".repeat(32_768))).contains("65535");
    }

    @Test
    void countsEmptyLevels() {
        assertThat(new TopicFilter("/a//").depth()).isEqualTo(4);
    }

    @Test
    void knowsASharedSubscriptionByItsPrefix() {
        assertThat(TopicFilter.isShared("$share/group/a/#")).isTrue();
        assertThat(TopicFilter.isShared("$shared/group/a")).isFalse();
    }
}
