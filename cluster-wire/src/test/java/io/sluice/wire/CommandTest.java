package io.sluice.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {

    private static final int KINDS = 21;
    private static final byte[] CLIENT = "c".getBytes(UTF_8);
    private static final Command.GatewayLost LOST = new Command.GatewayLost(5, 300, "gw-1");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isReadAsItWasWritten(long seed) throws DamagedRecordException {
        RandomRecords records = new RandomRecords(seed);
        Set<Class<?>> kinds = new HashSet<>();
        for (int round = 0; round < 500; round++) {
            Command command = records.command();

            Command read = Command.decode(command.key(), command.value());

            assertThat(read).usingRecursiveComparison().isEqualTo(command);
            assertThat(read).hasSameClassAs(command);
            kinds.add(read.getClass());
        }
        assertThat(kinds).hasSize(KINDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void isReadOrRefusedWhateverHappenedToIt(long seed) {
        RandomRecords records = new RandomRecords(seed);
        Damage damage = new Damage(seed);
        for (int round = 0; round < 100; round++) {
            Command command = records.command();

            damage.isToldBy(value -> Command.decode(command.key(), value), command.value());
        }
    }

    @Test
    void hasTheFormatThatIsWrittenDown() {
        assertThat(HexFormat.of().formatHex(LOST.value())).isEqualTo("01" + "01" + "05" + "ac02");
        assertThat(LOST.key()).isEqualTo("gw-1".getBytes(UTF_8));
    }

    /** Its place tells whom it concerns. */
    @Test
    void hasNoKeyWhenItIsAboutManyClients() {
        assertThat(new Command.Progress(List.of()).key()).isNull();
    }

    @Test
    void gathersOriginsInAnyOrderAndEachOnce() throws DamagedRecordException {
        List<Origin> settled = List.of(new Origin(2, 9), new Origin(0, 5), new Origin(2, 7), new Origin(2, 9));
        Command command = new Command.Progress(
                List.of(new Command.Progress.Session("c", 1, settled, List.of(), List.of(), List.of())));

        Command.Progress read = (Command.Progress) Command.decode(null, command.value());

        assertThat(read.sessions().get(0).settled())
                .containsExactly(new Origin(0, 5), new Origin(2, 7), new Origin(2, 9));
    }

    @Test
    void takesTheLargestNumbers() throws DamagedRecordException {
        long most = Long.MAX_VALUE;
        Command command = new ClientCommand.Pull("c", most, most, new long[] {most - 1, -1});

        assertThat(Command.decode(command.key(), command.value()))
                .usingRecursiveComparison()
                .isEqualTo(command);
    }

    @Test
    void refusesACommandWithoutVersionAndType() {
        assertThatThrownBy(() -> Command.decode(CLIENT, null)).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Command.decode(CLIENT, new byte[0])).isInstanceOf(DamagedRecordException.class);
        assertThatThrownBy(() -> Command.decode(CLIENT, new byte[] {1})).isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesAnUnknownVersion() {
        byte[] value = LOST.value();
        value[0] = 2;

        assertThatThrownBy(() -> Command.decode(LOST.key(), value))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void refusesAnUnknownType() {
        byte[] value = LOST.value();
        value[1] = 99;

        assertThatThrownBy(() -> Command.decode(LOST.key(), value))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessageContaining("type 99");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0116" + "05" + "00" + "00", // packet id 0
                "0116" + "05" + "808004" + "00", // packet id 65,536
                "0116" + "8500" + "01" + "00", // a number with a byte too many
                "0116" + "ffffffffffffffffff01" + "01" + "00", // a number beyond a long
                "0111" + "05" + "00" + "02" + "00" + "00", // a flag that is 2
                "0118" + "05" + "05" + "03", // an unknown kind of what is due
                "0112" + "05" + "00" + "01" + "0161" + "03" + "00", // QoS 3
                "0112" + "05" + "00" + "01" + "0161" + "10" + "00", // unknown options
                "0113" + "05" + "00" + "00" + "01" + "022b62", // a filter that is none
                "0113" + "05" + "00" + "00" + "01" + "01ff", // a string that is not UTF-8
                "0113" + "05" + "00" + "00" + "ffffffff0f", // more filters than there are bytes
                "0102" + "01" + "0163" + "05" + "02" + "0005" + "0000" + "000000", // an origin twice
            })
    void refusesAFieldWithAValueThatItCannotHave(String hex) {
        assertThatThrownBy(() -> Command.decode(CLIENT, HexFormat.of().parseHex(hex)))
                .isInstanceOf(DamagedRecordException.class);
    }

    @Test
    void refusesAKeyThatIsNoName() {
        for (Command command : List.of(LOST, new ClientCommand.Release("c", 1, 1, 0))) {
            for (byte[] key : new byte[][] {null, {}, {(byte) 0xFF}}) {
                assertThatThrownBy(() -> Command.decode(key, command.value()))
                        .isInstanceOf(DamagedRecordException.class)
                        .hasMessageContaining("key");
            }
        }
    }
}
