package io.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.sluice.it.harness.Cluster;
import io.sluice.it.harness.LeakWatch;
import io.sluice.it.harness.Soaked;
import io.sluice.it.probe.Connect;
import io.sluice.it.probe.MqttProbe;
import io.sluice.it.probe.Pub;
import io.sluice.it.probe.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Runs after all others: none of their buffers was lost, in this process and in those that they started. */
@Order(Integer.MAX_VALUE)
@Soaked
class LeaksIT {

    @Test
    void theDetectorWatchesEveryBuffer() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }

    @Test
    void noBufferWasLostInThisProcess() {
        // The detector speaks when the lost buffer's memory is collected and another buffer is taken.
        for (int i = 0; i < 3; i++) {
            System.gc();
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer();
            buffer.release();
            try (MqttProbe probe = MqttProbe.open(Cluster.first(), Version.MQTT_5)) {
                probe.connect(Connect.of(Version.MQTT_5));
                probe.publish(Pub.to("leaks", "none").qos1(1), 1);
            }
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    @Test
    void noBufferWasLostInOtherProcesses() throws IOException {
        Path folder = Path.of("target", "processes");
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                List<String> leaks = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains(LeakWatch.MARK))
                        .toList();
                assertThat(leaks).as("leaks in %s", file).isEmpty();
            }
        }
    }
}
