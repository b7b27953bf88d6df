package io.sluice.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for processes that have to be told theirs before they start. */
public final class Ports {

    /** Below the ports that Linux (from 32,768) and others (from 49,152) give to connections. */
    private static final int END = 32_000;

    private static final int FIRST = 12_000;
    /** Test processes that run side by side take every second one each. */
    private static final int STEP = 2;

    private static final int OWN = Integer.getInteger("sluice.it.process", 0) % STEP;
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    /**
     * A port of the loopback interface that is free and that nobody else was given. It is not one of those that connections
     * take for themselves: one that is taken while its process is down would keep it from coming back.
     */
    public static synchronized int free() {
        while (true) {
            int port = STEP * ThreadLocalRandom.current().nextInt(FIRST / STEP, END / STEP) + OWN;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(socket.getLocalPort())) {
                    return port;
                }
            } catch (BindException e) {
                GIVEN.add(port); // Somebody else has it.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
