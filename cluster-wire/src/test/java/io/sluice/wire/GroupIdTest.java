package io.sluice.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupIdTest {

    @Test
    void isTheNameAndTheFilter() {
        GroupId group = GroupId.of("$share/workers/jobs/+/#");

        assertThat(group.name()).isEqualTo("workers");
        assertThat(group.filter()).isEqualTo(new TopicFilter("jobs/+/#"));
        assertThat(group.text()).isEqualTo("$share/workers/jobs/+/#");
        assertThat(GroupId.ofShared(new TopicFilter("$share/workers/jobs/+/#"))).isEqualTo(group);
        assertThat(GroupId.ofShared(new TopicFilter("share/workers/jobs"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$share/", "$share/a", "$share//a", "$share/+/a", "$share/a#/a", "$share/a/", "$share/a/b#"})
    void aShareWithoutNameOrFilterIsNone(String text) {
        assertThat(GroupId.flaw(text)).isNotNull();
        assertThatThrownBy(() -> GroupId.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void itsKeyIsNoClientId() throws DamagedRecordException {
        GroupId group = GroupId.of("$share/gröup//x");

        assertThat(GroupId.ofKey(group.key())).isEqualTo(group);
        assertThatThrownBy(() -> ClientKeys.decode(group.key())).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> GroupId.ofKey("gröup//x".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> GroupId.ofKey(new byte[] {(byte) 0xFF, 'a'}))
                .isInstanceOf(DamagedRecordException.class);
    }
}
