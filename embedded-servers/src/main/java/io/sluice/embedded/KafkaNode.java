package io.sluice.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a combined broker and controller, from start to close. It is put together from the server's parts rather
 * than from {@link KafkaRaftServer}, because the parts take sockets that are bound already: a free port is known before
 * the configuration is written, and nobody can take it in between.
 */
final class KafkaNode implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KafkaNode.class);
    private static final int BACKLOG = 512;

    private final int port;
    private final BrokerServer broker;
    private final ControllerServer controller;

    private KafkaNode(int port, BrokerServer broker, ControllerServer controller) {
        this.port = port;
        this.broker = broker;
        this.controller = controller;
    }

    static KafkaNode start(Path folder, int port, Map<String, String> overrides, List<EmbeddedKafka.Listener> listeners)
            throws IOException {
        Files.createDirectories(folder);
        try (Sockets sockets = Sockets.bindBoth(port)) {
            KafkaConfig config = new KafkaConfig(
                    KafkaSettings.of(folder, sockets.brokerPort(), sockets.controllerPort(), overrides, listeners));
            format(folder, config);
            KafkaNode node = assemble(config, sockets);
            try {
                node.controller.startup();
                node.broker.startup();
            } catch (RuntimeException e) {
                node.close();
                throw e;
            }
            sockets.handedOver();
            return node;
        }
    }

    /** Writes the cluster id and the first metadata into a folder that has none. */
    private static void format(Path folder, KafkaConfig config) throws IOException {
        if (Files.exists(folder.resolve("meta.properties"))) {
            return;
        }
        Formatter formatter = new Formatter()
                .setNodeId(config.nodeId())
                .setClusterId(Uuid.randomUuid().toString())
                .addDirectory(folder.toString())
                .setMetadataLogDirectory(folder.toString())
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName(KafkaSettings.CONTROLLER_LISTENER)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot format " + folder + ": " + e.getMessage(), e);
        }
    }

    private static KafkaNode assemble(KafkaConfig config, Sockets sockets) {
        var directories = KafkaRaftServer.initializeLogDirs(config, log, "");
        SharedServer shared = new SharedServer(
                config,
                directories._1(),
                Time.SYSTEM,
                Server.initializeMetrics(
                        config, Time.SYSTEM, directories._1().clusterId().orElseThrow()),
                CompletableFuture.completedFuture(Map.of(
                        config.nodeId(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), sockets.controllerPort()))),
                List.of(),
                // A fault is logged; it must not end a process that also runs other things.
                (name, fatal, action) -> new LoggingFaultHandler(name, action),
                sockets::open);
        ControllerServer controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
        return new KafkaNode(sockets.brokerPort(), new BrokerServer(shared), controller);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        // The broker first: it hands its partitions back to the controller.
        broker.shutdown();
        controller.shutdown();
    }

    /** The two listening sockets, bound before the server exists and closed again when it never takes them. */
    private static final class Sockets implements AutoCloseable {

        private final ServerSocketChannel broker;
        private final ServerSocketChannel controller;
        private boolean handedOver;

        private Sockets(ServerSocketChannel broker, ServerSocketChannel controller) {
            this.broker = broker;
            this.controller = controller;
        }

        static Sockets bindBoth(int brokerPort) throws IOException {
            ServerSocketChannel broker = bind(brokerPort);
            try {
                return new Sockets(broker, bind(0));
            } catch (IOException e) {
                broker.close();
                throw e;
            }
        }

        private static ServerSocketChannel bind(int port) throws IOException {
            ServerSocketChannel channel = ServerSocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        /** What the server calls for each of its listeners; the two that are open already come from here. */
        ServerSocketChannel open(String listener, InetSocketAddress address, int backlog, int receiveBuffer)
                throws IOException {
            return switch (listener) {
                case KafkaSettings.CONTROLLER_LISTENER -> controller;
                case KafkaSettings.BROKER_LISTENER -> broker;
                default -> ServerSocketFactory.INSTANCE.openServerSocket(listener, address, backlog, receiveBuffer);
            };
        }

        int brokerPort() {
            return broker.socket().getLocalPort();
        }

        int controllerPort() {
            return controller.socket().getLocalPort();
        }

        void handedOver() {
            handedOver = true;
        }

        @Override
        public void close() throws IOException {
            if (!handedOver) {
                try (controller) {
                    broker.close();
                }
            }
        }
    }
}
