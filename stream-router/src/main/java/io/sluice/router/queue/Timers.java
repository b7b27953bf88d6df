package io.sluice.router.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** When something is due for which client: one time for each. Owned by the stage's thread. */
final class Timers {

    private record Timer(long at, String clientId) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : clientId.compareTo(other.clientId);
        }
    }

    private final TreeSet<Timer> byTime = new TreeSet<>();
    private final Map<String, Timer> byClient = new HashMap<>();

    /** Sets a client's timer, to milliseconds since the epoch or {@link ClientState#NEVER}. */
    void set(String clientId, long at) {
        Timer before = byClient.remove(clientId);
        if (before != null) {
            byTime.remove(before);
        }
        if (at != ClientState.NEVER) {
            Timer timer = new Timer(at, clientId);
            byClient.put(clientId, timer);
            byTime.add(timer);
        }
    }

    /** Whether a client's timer is set. */
    boolean isSet(String clientId) {
        return byClient.containsKey(clientId);
    }

    /** When the first timer is due, in milliseconds since the epoch, or {@link ClientState#NEVER}. */
    long next() {
        return byTime.isEmpty() ? ClientState.NEVER : byTime.first().at();
    }

    /** Takes the clients whose time has come, the earliest first. */
    List<String> due(long now) {
        return due(now, Integer.MAX_VALUE);
    }

    /** Takes as many of them at most. */
    List<String> due(long now, int most) {
        List<String> due = new ArrayList<>();
        while (due.size() < most && !byTime.isEmpty() && byTime.first().at() <= now) {
            Timer timer = byTime.pollFirst();
            byClient.remove(timer.clientId());
            due.add(timer.clientId());
        }
        return due;
    }
}
