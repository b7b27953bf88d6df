package io.sluice.it.durable;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.it.harness.Cluster;
import io.sluice.it.kafka.PlainKafka;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A client behind a load balancer has its own address, if the load balancer may tell it and does so. */
class ProxyProtocolIT {

    private static final Version V5 = Version.MQTT_5;
    private static final byte[] HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 1883\r\n".getBytes(US_ASCII);
    private static final byte[] HEADER_2 =
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000207c63364011267075b");

    /** Every address that begins with 127 is one of the loopback interface on Linux. */
    private static MqttProbe open(int lastByte) {
        try {
            InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) lastByte});
            return MqttProbe.openFrom(own, Cluster.first(), V5);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void theClientsOwnAddressStandsInItsSessionAndItsEvents() throws IOException {
        String id = "proxied-" + Long.toString(System.currentTimeMillis(), 36);
        try (MqttProbe client = open(2);
                PlainKafka kafka = new PlainKafka()) {
            client.send(HEADER);
            client.connect(Connect.of(V5).clientId(id));
            client.ping();
            for (String topic : new String[] {"mqtt.sessions", "mqtt.events"}) {
                byte[] record =
                        kafka.find(topic, found -> PlainKafka.hasKey(found, id)).value();
                JsonNode json = new ObjectMapper().readTree(record);
                assertThat(json.get("address").asText()).as(topic).isEqualTo("192.0.2.7:4711");
            }
        }
    }

    @Test
    void aProxyThatTellsNoAddressIsCutOff() {
        try (MqttProbe client = open(2)) {
            client.send(Connect.of(V5));
            client.expectClosed();
        }
    }

    @Test
    void whoeverElseTellsAnAddressIsCutOff() {
        try (MqttProbe client = open(1)) {
            client.trySend(HEADER_2);
            client.expectClosed();
        }
    }
}
