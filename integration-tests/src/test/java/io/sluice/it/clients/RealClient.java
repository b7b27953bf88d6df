package io.sluice.it.clients;

import io.sluice.it.probe.Version;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.BlockingQueue;

/** A kind of client. Every call makes a connection of its own. */
interface RealClient {

    /** A message as the client reported it. */
    record Received(String topic, String payload, int qos, boolean retain) {}

    /** How long a durable session outlives its connection. */
    int EXPIRY_SECONDS = 3_600;

    /** A message to send. */
    record Message(String topic, String payload, int qos, boolean retain) {}

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /** What came and was not taken yet. */
        BlockingQueue<Received> received();

        @Override
        void close();
    }

    /** Its name for the test's report. */
    String name();

    /** The versions that it speaks. */
    Set<Version> versions();

    /** Subscribes and returns when the server has said yes. */
    Subscription subscribe(InetSocketAddress server, Version version, String filter, int qos);

    /**
     * Subscribes with a session that outlives its connections and returns when the server has said yes. The client comes back by
     * itself when it loses its connection.
     */
    Subscription subscribeDurably(InetSocketAddress server, Version version, String filter, int qos);

    /** Publishes and returns when the server has acknowledged. */
    void publish(InetSocketAddress server, Version version, Message message);

    /** Connects with a will and returns when the server has said yes; closing must be hard on the connection. */
    AutoCloseable connectWithWill(InetSocketAddress server, Version version, Message will);
}
