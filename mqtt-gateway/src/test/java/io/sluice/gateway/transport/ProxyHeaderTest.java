package io.sluice.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.NetUtil;
import io.sluice.gateway.metrics.GatewayMetrics;
import io.sluice.gateway.protocol.ClientAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {

    private static final String OWN = "unknown"; // What an embedded channel has for an address.
    private static final byte[] PACKETS = {0x10, 0x00, (byte) 0xC0, 0x00};
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new ProxyHeader(), new ProxiedClient(new GatewayMetrics(meters)));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static byte[] v1(String line) {
        return (line + "\r\n").getBytes(US_ASCII);
    }

    private static byte[] v2(String rest) {
        return HexFormat.of().parseHex(SIGNATURE + rest);
    }

    /** Header and packets in one piece, or byte by byte. */
    private void receive(boolean inPieces, byte[]... parts) {
        ByteBuf all = Unpooled.wrappedBuffer(parts);
        if (!inPieces) {
            channel.writeInbound(all);
            return;
        }
        for (byte one : ByteBufUtil.getBytes(all)) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
        }
        all.release();
    }

    private byte[] passed() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            all.writeBytes(next);
            next.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private void assertPasses(byte[] header, String address) {
        for (boolean inPieces : List.of(false, true)) {
            ProxyHeaderTest fresh = new ProxyHeaderTest();
            fresh.receive(inPieces, header, PACKETS);
            assertThat(fresh.passed()).isEqualTo(PACKETS);
            assertThat(ClientAddress.of(fresh.channel)).isEqualTo(address);
            assertThat(fresh.channel.pipeline().get(ProxyHeader.class)).isNull();
            assertThat(fresh.channel.pipeline().get(ProxiedClient.class)).isNull();
            fresh.close();
        }
    }

    private void assertRefused(byte[]... parts) {
        receive(false, parts);
        assertThat(channel.isOpen()).isFalse();
        assertThat(passed()).isEmpty();
        assertThat(ClientAddress.of(channel)).isEqualTo(OWN);
        assertThat(meters.get("sluice.connects")
                        .tags("result", "refused", "reason", "proxy-header")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void aHeaderTellsTheClientsAddressAndWhatFollowsPasses() {
        assertPasses(v1("PROXY TCP4 192.0.2.7 198.51.100.1 4711 1883"), "192.0.2.7:4711");
        assertPasses(v1("PROXY TCP6 2001:db8::7 2001:db8::1 4711 1883"), "2001:db8::7:4711");
        assertPasses(v2("21 11 000c c0000207 c6336401 1267 075b".replace(" ", "")), "192.0.2.7:4711");
        // With a TLV, here one that carries no meaning.
        assertPasses(v2("21 11 0010 c0000207 c6336401 1267 075b 04 0001 00".replace(" ", "")), "192.0.2.7:4711");
    }

    @Test
    void aHeaderThatNamesNobodyLeavesTheConnectionItsAddress() {
        assertPasses(v1("PROXY UNKNOWN"), OWN);
        assertPasses(v2("20 00 0000".replace(" ", "")), OWN);
        assertPasses(v2("20 11 000c c0000207 c6336401 1267 075b".replace(" ", "")), OWN);
    }

    @Test
    void aConnectionWithoutAHeaderIsClosedAtOnce() {
        assertRefused(PACKETS);
    }

    @Test
    void nothingPassesBehindADamagedHeader() {
        assertRefused(v1("PROXY TCP4 somebody somewhere 1 2"), v1("PROXY TCP4 192.0.2.7 198.51.100.1 1 2"), PACKETS);
    }

    private static InetSocketAddress address(String text) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(text), 1);
    }

    @Test
    void onlyWhatIsInTheRangesIsTrusted() {
        TrustedProxies proxies = TrustedProxies.of(List.of("10.1.0.0/16", "192.0.2.7", "2001:db8::/32"));
        assertThat(List.of("10.1.255.255", "192.0.2.7", "2001:db8:1::1"))
                .allMatch(text -> proxies.trust(address(text)));
        assertThat(List.of("10.2.0.0", "192.0.2.8", "2001:db9::1", "::1"))
                .noneMatch(text -> proxies.trust(address(text)));
        assertThat(proxies.trust(null)).isFalse();
        assertThat(TrustedProxies.of(List.of()).trust(address("127.0.0.1"))).isFalse();
    }

    @Test
    void whatIsNoRangeIsRefused() {
        for (String text : List.of("", "haproxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "::1/129")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TrustedProxies.of(List.of(text)))
                    .withMessageContaining("'" + text + "'");
        }
    }
}
