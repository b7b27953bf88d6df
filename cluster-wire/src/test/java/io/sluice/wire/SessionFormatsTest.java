package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records by which router and gateways agree on durable sessions, beside {@link Command}. */
class SessionFormatsTest {

    private static final int ROUNDS = 300;
    private static final int DAMAGED_ROUNDS = 50;

    private static final PublishRecord UNWRITTEN = PublishRecord.outgoing(
            "a".getBytes(UTF_8), new byte[0], Qos.AT_LEAST_ONCE, false, null, PublishProperties.NONE);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aStoredMessageIsReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomMessages messages = new RandomMessages(seed);
        for (int round = 0; round < ROUNDS; round++) {
            PublishRecord message = round % 2 == 0 ? messages.logged() : messages.next();

            assertThat(StoredMessage.decode(StoredMessage.encode(message)))
                    .usingRecursiveComparison()
                    .isEqualTo(message);
        }
    }

    @Test
    void aStoredMessageWithoutPropertiesSharesTheObjectForNone() throws DamagedRecordException {
        assertThat(StoredMessage.decode(StoredMessage.encode(UNWRITTEN)).properties())
                .isSameAs(PublishProperties.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRecordOfTheInboxIsReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomRecords records = new RandomRecords(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Inbox record = records.inbox();

            assertThat(Inbox.decode(record.key(), record.value()))
                    .usingRecursiveComparison()
                    .isEqualTo(record);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRecordForAGatewayIsReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomRecords records = new RandomRecords(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Fanout record = records.fanout();

            assertThat(Fanout.decode(record.key(), record.value()))
                    .usingRecursiveComparison()
                    .isEqualTo(record);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aRecordOfSubscriptionsIsReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomRecords records = new RandomRecords(seed);
        for (int round = 0; round < ROUNDS; round++) {
            SubscriptionsRecord record = records.subscriptions();

            assertThat(SubscriptionsRecord.decode(record.key(), record.value()))
                    .usingRecursiveComparison()
                    .isEqualTo(record);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void everyRecordIsReadOrRefusedWhateverHappenedToIt(long seed) {
        RandomRecords records = new RandomRecords(seed);
        RandomMessages messages = new RandomMessages(seed);
        Damage damage = new Damage(seed);
        for (int round = 0; round < DAMAGED_ROUNDS; round++) {
            Inbox inbox = records.inbox();
            Fanout fanout = records.fanout();
            SubscriptionsRecord subscriptions = records.subscriptions();

            damage.isToldBy(StoredMessage::decode, StoredMessage.encode(messages.logged()));
            damage.isToldBy(value -> Inbox.decode(inbox.key(), value), inbox.value());
            damage.isToldBy(value -> Fanout.decode(fanout.key(), value), fanout.value());
            damage.isToldBy(value -> SubscriptionsRecord.decode(subscriptions.key(), value), subscriptions.value());
        }
    }

    @Test
    void refusesAnUnknownVersion() {
        byte[] value = StoredMessage.encode(UNWRITTEN);
        value[0] = 2;

        assertThatThrownBy(() -> StoredMessage.decode(value))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("version 2");
    }

    /** It is known by its place, so it is of no use without. */
    @Test
    void refusesAMatchThatHasNoPlaceInTheLog() {
        Inbox match = new Inbox.Match("c", 1, 5, UNWRITTEN);

        assertThatThrownBy(() -> Inbox.decode(match.key(), match.value())).hasMessageContaining("place");
    }

    @Test
    void refusesAReasonThatIsNoError() {
        Fanout refused = new Fanout.Refused("c", "gw-1", 1, 0);

        assertThatThrownBy(() -> Fanout.decode(refused.key(), refused.value())).hasMessageContaining("reason");
    }

    @Test
    void refusesARecordWithoutClientId() {
        SubscriptionsRecord record = new SubscriptionsRecord("", 1, 2, List.of());

        assertThatThrownBy(() -> SubscriptionsRecord.decode(record.key(), record.value()))
                .isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> SubscriptionsRecord.decode(null, record.value()))
                .isInstanceOf(DamagedRecordException.class);
    }

    /** What the queue stage writes is read by all others: a mistake must not get that far. */
    @Test
    void writesNoNumberAndNoStringThatCannotBeRead() {
        assertThatThrownBy(() -> new WireWriter().number(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WireWriter().numberOrNone(-2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WireWriter().numberOrNone(Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new WireWriter().string("a".repeat(65_536)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
