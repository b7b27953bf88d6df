package io.sluice.bench.load;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import io.sluice.bench.BenchException;
import io.sluice.bench.mqtt.ClientLoops;
import io.sluice.bench.mqtt.MqttClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Brings many clients online, a bounded number at a time, and then watches that they stay. Methods may be called from any
 * thread.
 */
final class Gathering implements MqttClient.Observer {

    private static final long LEAVE_SECONDS = 30;
    private static final long TRY_AGAIN_MS = 1_000;
    /** For so long the clients of a gathering try again. */
    private static final long PATIENCE_NANOS = SECONDS.toNanos(120);

    private final ClientLoops loops;
    private final Brokers brokers;
    private final Invitation invitation;
    private final int size;
    private final MqttClient[] clients;
    private final AtomicInteger invited = new AtomicInteger();
    private final AtomicInteger online = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Map<MqttClient, Integer> connecting = new ConcurrentHashMap<>();
    private final long begin = System.nanoTime();
    private final AtomicReference<String> firstLoss = new AtomicReference<>();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    Gathering(ClientLoops loops, Brokers brokers, int size, Invitation invitation) {
        this.loops = loops;
        this.brokers = brokers;
        this.size = size;
        this.clients = new MqttClient[size];
        this.invitation = invitation;
    }

    /** Who comes. */
    interface Invitation {
        /** The client with this number, from 0 on; it reports to this gathering. */
        MqttClient client(int number, Gathering gathering);

        /** Where it lives. */
        EventLoop loop(int number);

        /** Which target it connects to: any number, the targets are taken in turn. */
        int target(int number);

        /** Called when it is connected; true if that is all, false if it waits for subscriptions now. */
        boolean isReady(MqttClient client);

        /** Whether a client comes again that the server does not accept for the moment. */
        default boolean triesAgain() {
            return false;
        }

        /** Called when its subscriptions stand. */
        default void subscribed(MqttClient client) {}
    }

    /**
     * Returns when all are online.
     *
     * @param progress is told now and then how many are
     * @throws BenchException if one of them cannot, or leaves before all are there
     */
    void await(IntConsumer progress) {
        int first = Math.min(brokers.connecting(), size);
        for (int i = 0; i < first; i++) {
            inviteNext();
        }
        try {
            while (!isComplete()) {
                progress.accept(online.get());
            }
        } catch (ExecutionException e) {
            throw new BenchException(e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    /** From now on pings each client twice in its keep alive, spread over time. */
    void keepAlive() {
        int period = (brokers.options().keepAliveSeconds() + 1) / 2;
        if (period == 0) {
            return;
        }
        for (EventLoop loop : loops.loops()) {
            AtomicInteger second = new AtomicInteger();
            loop.scheduleAtFixedRate(() -> ping(loop, second.getAndIncrement() % period, period), 1, 1, SECONDS);
        }
    }

    private void ping(EventLoop loop, int first, int step) {
        for (int i = first; i < size; i += step) {
            if (invitation.loop(i) == loop) {
                clients[i].ping();
            }
        }
    }

    /** All clients leave for good; returns when each has been told to. */
    void end() {
        tell(MqttClient::leaveForGood);
    }

    /**
     * All clients leave; those of durable sessions may come back. Returns when all connections are closed.
     *
     * @throws BenchException if that takes too long
     */
    void leave() {
        tell(MqttClient::leave);
        try {
            gone.get(LEAVE_SECONDS, SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchException("only " + left.get() + " of " + size + " clients have left");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void tell(Consumer<MqttClient> what) {
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (EventLoop loop : loops.loops()) {
            told.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < size; i++) {
                            if (invitation.loop(i) == loop) {
                                what.accept(clients[i]);
                            }
                        }
                    },
                    loop));
        }
        told.forEach(CompletableFuture::join);
    }

    private boolean isComplete() throws ExecutionException, InterruptedException {
        try {
            complete.get(1, SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void inviteNext() {
        int number = invited.getAndIncrement();
        if (number < size) {
            invite(number);
        }
    }

    private void invite(int number) {
        if (!complete.isDone()) {
            MqttClient client = invitation.client(number, this);
            clients[number] = client;
            connecting.put(client, number);
            int target = invitation.target(number);
            loops.connect(client, invitation.loop(number), brokers.target(target), brokers.source(number));
        }
    }

    @Override
    public void connected(MqttClient client) {
        connecting.remove(client);
        if (invitation.isReady(client)) {
            ready();
        }
    }

    @Override
    public void subscribed(MqttClient client) {
        invitation.subscribed(client);
        ready();
    }

    private void ready() {
        if (online.incrementAndGet() == size) {
            complete.complete(null);
        } else {
            inviteNext();
        }
    }

    @Override
    public void closed(MqttClient client, String reason) {
        if (reason == null) {
            if (left.incrementAndGet() == size) {
                gone.complete(null);
            }
            return;
        }
        Integer number = connecting.remove(client);
        if (number != null && isToComeAgain(client)) {
            refused.incrementAndGet();
            invitation.loop(number).schedule(() -> invite(number), TRY_AGAIN_MS, MILLISECONDS);
            return;
        }
        lost.incrementAndGet();
        firstLoss.compareAndSet(null, client.clientId() + ": " + reason);
        complete.completeExceptionally(new BenchException("client " + client.clientId() + ": " + reason));
    }

    private boolean isToComeAgain(MqttClient client) {
        return invitation.triesAgain() && client.isRefusedForNow() && System.nanoTime() - begin < PATIENCE_NANOS;
    }

    /** How often a client was not accepted for the moment, and came again. */
    int refused() {
        return refused.get();
    }

    /** How many clients lost their connection. */
    int lost() {
        return lost.get();
    }

    /** Why the first of them did, or null. */
    String firstLoss() {
        return firstLoss.get();
    }
}
