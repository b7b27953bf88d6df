package io.sluice.it.failover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.harness.KafkaLog;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Many clients at once, in groups in which everybody hears everybody, and what can be said of their histories. */
final class Crowd implements AutoCloseable {

    private static final int GROUP = 5;

    private final List<HistoryClient> clients;
    private final ScheduledExecutorService ticker;

    private Crowd(List<HistoryClient> clients, Duration interval) {
        this.clients = clients;
        this.ticker = Executors.newSingleThreadScheduledExecutor();
        ticker.scheduleAtFixedRate(
                () -> clients.forEach(HistoryClient::tick), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Connects clients, which publish one message each interval, and returns when all have subscribed. */
    static Crowd start(String name, int size, Duration interval, InetSocketAddress... servers) {
        List<HistoryClient> clients = IntStream.range(0, size)
                .mapToObj(i ->
                        HistoryClient.start(name + i, "crowd/" + name + "/" + i / GROUP, servers[i % servers.length]))
                .toList();
        Awaitility.await("all clients are connected")
                .atMost(Duration.ofSeconds(60))
                .until(() -> clients.stream().allMatch(HistoryClient::isSubscribed));
        return new Crowd(clients, interval);
    }

    /** How many messages were acknowledged so far. */
    int acknowledged() {
        return clients.stream().mapToInt(client -> client.acknowledged().size()).sum();
    }

    /** Waits until so many more messages are acknowledged. */
    void awaitMore(int messages) {
        int goal = acknowledged() + messages;
        Awaitility.await(messages + " more messages are acknowledged")
                .atMost(Duration.ofSeconds(60))
                .until(() -> acknowledged() >= goal);
    }

    /** How many are connected right now. */
    long connected() {
        return clients.stream().filter(HistoryClient::isSubscribed).count();
    }

    /** Those that never lost their connection. */
    List<HistoryClient> undisturbed() {
        return clients.stream()
                .filter(client -> client.connections().size() == 1 && client.isSubscribed())
                .toList();
    }

    /** Those that lost their connection. */
    List<HistoryClient> disturbed() {
        List<HistoryClient> disturbed = new ArrayList<>(clients);
        disturbed.removeAll(undisturbed());
        return disturbed;
    }

    /** Stops publishing and waits until every client is connected, acknowledged, and has heard the others. */
    void settle() {
        ticker.shutdown();
        Awaitility.await("everything is acknowledged")
                .atMost(Duration.ofSeconds(60))
                .until(() -> clients.stream().allMatch(HistoryClient::isSettled));
        Awaitility.await("the last messages have arrived")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> undisturbed().forEach(this::assertMissesNothing));
    }

    /** Each subscriber that stayed connected has every acknowledged message of its group. */
    private void assertMissesNothing(HistoryClient subscriber) {
        long since = subscriber.connections().get(0).subscribed();
        for (HistoryClient publisher : group(subscriber)) {
            Set<Integer> received = subscriber.numbersOf(publisher.id());
            List<Integer> missed = publisher.acknowledged().stream()
                    .filter(event -> event.nanos() > since)
                    .map(HistoryClient.Event::number)
                    .filter(number -> !received.contains(number))
                    .toList();
            assertThat(missed)
                    .as("%s missed of %s", subscriber.id(), publisher.id())
                    .isEmpty();
        }
    }

    /** Each subscriber that stayed connected has each publisher's messages in the order of their publication. */
    void assertOrder() {
        for (HistoryClient subscriber : undisturbed()) {
            for (HistoryClient publisher : group(subscriber)) {
                assertThat(subscriber.firstOccurrences(publisher.id()))
                        .as("messages of %s at %s", publisher.id(), subscriber.id())
                        .isSorted();
            }
        }
    }

    private List<HistoryClient> group(HistoryClient member) {
        return clients.stream()
                .filter(client -> client.group().equals(member.group()))
                .toList();
    }

    /** Every acknowledged message is in the log. */
    void assertLogHasAllAcknowledged(String bootstrapServers, String kafkaTopic) {
        Map<String, Set<Integer>> logged = read(bootstrapServers, kafkaTopic);
        for (HistoryClient client : clients) {
            Set<Integer> inLog = logged.getOrDefault(client.topic(), Set.of());
            assertThat(client.acknowledged().stream().map(HistoryClient.Event::number))
                    .as("acknowledged messages of %s in the log", client.id())
                    .isSubsetOf(inLog);
        }
    }

    private static Map<String, Set<Integer>> read(String bootstrapServers, String kafkaTopic) {
        Map<String, Set<Integer>> logged = new HashMap<>();
        KafkaLog.read(bootstrapServers, kafkaTopic, record -> {
            String topic = new String(record.key(), UTF_8);
            if (topic.startsWith("crowd/")) {
                logged.computeIfAbsent(topic, unused -> new HashSet<>()).add(HistoryClient.number(record.value()));
            }
        });
        return logged;
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        clients.forEach(HistoryClient::close);
    }
}
