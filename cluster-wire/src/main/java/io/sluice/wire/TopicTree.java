package io.sluice.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Values by topic name, found by filter: the counterpart of {@link FilterTrie} for retained messages. Not thread-safe.
 *
 * @param <V> what a topic holds
 */
public final class TopicTree<V> {

    private final Node<V> root = new Node<>();
    private int size;

    /** The number of topics that hold a value. */
    public int size() {
        return size;
    }

    /** Sets a topic's value and returns the one that it replaces, or null. */
    public V put(String topicName, V value) {
        Node<V> node = root;
        for (String level : TopicName.levels(topicName)) {
            node = node.childForInsert(level);
        }
        V previous = node.value;
        node.value = value;
        if (previous == null) {
            size++;
        }
        return previous;
    }

    /** A topic's value, or null. */
    public V get(String topicName) {
        Node<V> node = root;
        for (String level : TopicName.levels(topicName)) {
            node = node.child(level);
            if (node == null) {
                return null;
            }
        }
        return node.value;
    }

    /** Removes a topic's value and returns it, or null if there was none. */
    public V remove(String topicName) {
        V removed = remove(root, TopicName.levels(topicName), 0);
        if (removed != null) {
            size--;
        }
        return removed;
    }

    private V remove(Node<V> node, String[] levels, int depth) {
        if (depth == levels.length) {
            V value = node.value;
            node.value = null;
            return value;
        }
        Node<V> child = node.child(levels[depth]);
        if (child == null) {
            return null;
        }
        V removed = remove(child, levels, depth + 1);
        if (removed != null && child.value == null && child.children == null) {
            node.children.remove(levels[depth]);
            if (node.children.isEmpty()) {
                node.children = null;
            }
        }
        return removed;
    }

    /** Calls back with the value of each topic that the filter matches, in no order. */
    public void match(TopicFilter filter, Consumer<? super V> visitor) {
        match(root, filter.levels(), 0, visitor);
    }

    private void match(Node<V> node, String[] levels, int depth, Consumer<? super V> visitor) {
        if (depth == levels.length) {
            if (node.value != null) {
                visitor.accept(node.value);
            }
            return;
        }
        switch (levels[depth]) {
            case "#" -> visitAll(node, depth == 0, visitor);
            case "+" -> {
                if (node.children != null) {
                    node.children.forEach((level, child) -> {
                        if (depth > 0 || !level.startsWith("$")) {
                            match(child, levels, depth + 1, visitor);
                        }
                    });
                }
            }
            default -> {
                Node<V> child = node.child(levels[depth]);
                if (child != null) {
                    match(child, levels, depth + 1, visitor);
                }
            }
        }
    }

    private void visitAll(Node<V> node, boolean first, Consumer<? super V> visitor) {
        if (node.value != null) {
            visitor.accept(node.value);
        }
        if (node.children != null) {
            node.children.forEach((level, child) -> {
                if (!first || !level.startsWith("$")) {
                    visitAll(child, false, visitor);
                }
            });
        }
    }

    private static final class Node<V> {
        private Map<String, Node<V>> children;
        private V value;

        Node<V> child(String level) {
            return children == null ? null : children.get(level);
        }

        Node<V> childForInsert(String level) {
            if (children == null) {
                children = new HashMap<>(2);
            }
            return children.computeIfAbsent(level, unused -> new Node<>());
        }
    }
}
