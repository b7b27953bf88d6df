package io.sluice.it.failover;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened to many clients, in one order: what a client did stands before it did it, and what came to it after it came.
 * So an event that stands before another one did not happen after it. Thread-safe.
 */
final class History {

    /** What can happen to a client. */
    enum Kind {
        /** It opens a connection, with which its session ends. */
        CONNECTING,
        /** It opens a connection and asks for the session that it had, or for one that outlives the connection. */
        CONNECTING_DURABLY,
        /** It opens a connection and asks for a session that outlives the connection, and nothing of the one that it had. */
        CONNECTING_ANEW,
        /** The server has taken it, with a new session. */
        CONNECTED,
        /** The server has taken it, with the session that it had. */
        RESUMED,
        /** It asks for a subscription. */
        SUBSCRIBING,
        /** The server has acknowledged its subscription. */
        SUBSCRIBED,
        /** It publishes a message. */
        SENT,
        /** It clears a retained message. */
        SENT_CLEAR,
        /** PUBACK or PUBREC: the server has taken over a message. */
        ACKNOWLEDGED,
        /** A message that somebody publishes now. */
        RECEIVED,
        /** A message that was retained. */
        RECEIVED_RETAINED,
        /** A message of QoS 2 with the identifier of one that it has and that the server has not released: the same again. */
        RECEIVED_AGAIN,
        /** A message whose payload cannot be read, or not on this topic. */
        RECEIVED_DAMAGED,
        /** Its connection was lost, and not by its own doing. */
        LOST,
        /** It breaks off without DISCONNECT. */
        DIED,
        /** It says DISCONNECT. */
        LEFT,
        /** It is about to open another connection while this one stands. */
        ABANDONED,
        /** The server has ended a connection that it had abandoned; the number is the reason code. */
        TAKEN_OVER,
        /** Not a client: from now on nothing fails, and everything flows. */
        CALM,
        /** Not a client: from now on something may fail. */
        FAULT,
        /** Not a client: the test does something to the cluster. */
        NOTE
    }

    /**
     * An event.
     *
     * @param nanos by {@link System#nanoTime}
     * @param client whose event it is
     * @param connection which of the client's, from 1
     * @param server to which that connection goes
     * @param topic of the message; of a subscription the filter without its last level; of a note its text; when a connection
     *     is opened the topic of its will, or nothing
     * @param qos of the message or subscription
     * @param number of the message, from 1 in each topic; when a connection is opened the will's delay in seconds
     * @param attempt the connection on which its publisher sent it
     * @param packetId of the message as it was sent or came, 0 if it has none
     * @param dup whether it was sent or came with DUP
     */
    record Event(
            long nanos,
            Kind kind,
            String client,
            int connection,
            String server,
            String topic,
            int qos,
            int number,
            int attempt,
            int packetId,
            boolean dup) {}

    private final String name;
    private final List<Event> events = new ArrayList<>();

    /** A history of which nothing has happened yet. */
    History(String name) {
        this.name = name;
    }

    /** Something happens; returns at which place it stands. */
    synchronized int add(
            Kind kind,
            String client,
            int connection,
            String server,
            String topic,
            int qos,
            int number,
            int attempt,
            int packetId,
            boolean dup) {
        events.add(new Event(
                System.nanoTime(), kind, client, connection, server, topic, qos, number, attempt, packetId, dup));
        return events.size() - 1;
    }

    /** The test does something to the cluster; returns at which place it stands. */
    int note(String text) {
        return tell(Kind.NOTE, text);
    }

    /** Until {@link #calm} something may fail; returns at which place it stands. */
    int fault(String text) {
        return tell(Kind.FAULT, text);
    }

    /** Nothing fails, and everything flows, until {@link #fault}. */
    void calm() {
        tell(Kind.CALM, "");
    }

    private int tell(Kind kind, String text) {
        return add(kind, "", 0, "", text, 0, 0, 0, 0, false);
    }

    /** What happened so far. */
    List<Event> events() {
        return from(0);
    }

    /** What happened from a place on. */
    synchronized List<Event> from(int place) {
        return List.copyOf(events.subList(place, events.size()));
    }

    /** Writes it to a file, one event a line with its time in milliseconds, and tells where. */
    Path save() {
        Path file = Path.of("target", "histories", name + ".tsv").toAbsolutePath();
        List<Event> all = events();
        try {
            Files.createDirectories(file.getParent());
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
                out.println("ms\tkind\tclient\tconnection\tserver\ttopic\tqos\tnumber\tattempt\tid\tdup");
                for (Event event : all) {
                    out.printf(
                            "%.1f\t%s\t%s\t%d\t%s\t%s\t%d\t%d\t%d\t%d\t%s%n",
                            (event.nanos() - all.get(0).nanos()) / 1e6,
                            event.kind(),
                            event.client(),
                            event.connection(),
                            event.server(),
                            event.topic(),
                            event.qos(),
                            event.number(),
                            event.attempt(),
                            event.packetId(),
                            event.dup() ? "dup" : "");
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
