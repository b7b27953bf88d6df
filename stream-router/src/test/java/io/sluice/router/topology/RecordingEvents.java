package io.sluice.router.topology;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the topology tells. */
final class RecordingEvents implements TopologyEvents {

    private final Map<String, Integer> counts = new HashMap<>();

    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    private void count(String event) {
        counts.merge(event, 1, Integer::sum);
    }

    @Override
    public void retainedWritten() {
        count("written");
    }

    @Override
    public void retainedCleared() {
        count("cleared");
    }

    @Override
    public void retainedRewritten() {
        count("rewritten");
    }

    @Override
    public void deadLetter(String topic) {
        count("dead letter of " + topic);
    }

    @Override
    public void stateDamaged() {
        count("state damaged");
    }
}
