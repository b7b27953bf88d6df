package io.sluice.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The index of subscriptions: finds all filters that match a topic name in time that depends on the name's depth, not on
 * the number of filters. Not thread-safe: one thread owns it.
 *
 * @param <K> who subscribes; one owner has at most one subscription for each filter
 * @param <V> the subscription
 */
public final class FilterTrie<K, V> {

    private final Node<K, V> root = new Node<>();
    private int size;

    /** The number of subscriptions. */
    public int size() {
        return size;
    }

    /** Sets an owner's subscription for a filter and returns the one that it replaces, or null. */
    public V put(TopicFilter filter, K owner, V subscription) {
        Node<K, V> node = root;
        for (String level : filter.levels()) {
            node = node.childForInsert(level);
        }
        V previous = node.owners.put(owner, subscription);
        if (previous == null) {
            size++;
        }
        return previous;
    }

    /** Removes an owner's subscription for a filter and returns it, or null if there was none. */
    public V remove(TopicFilter filter, K owner) {
        V removed = remove(root, filter.levels(), 0, owner);
        if (removed != null) {
            size--;
        }
        return removed;
    }

    private V remove(Node<K, V> node, String[] levels, int depth, K owner) {
        if (depth == levels.length) {
            return node.owners.remove(owner);
        }
        Node<K, V> child = node.child(levels[depth]);
        if (child == null) {
            return null;
        }
        V removed = remove(child, levels, depth + 1, owner);
        if (removed != null && child.isEmpty()) {
            node.removeChild(levels[depth]);
        }
        return removed;
    }

    /** Calls back for each subscription whose filter matches; an owner with overlapping filters is met once for each. */
    public void match(String topicName, BiConsumer<? super K, ? super V> visitor) {
        match(root, TopicName.levels(topicName), 0, visitor);
    }

    private void match(Node<K, V> node, String[] levels, int depth, BiConsumer<? super K, ? super V> visitor) {
        // [MQTT-4.7.2-1]: a wildcard in the first level does not match a name that begins with $.
        boolean wildcards = depth > 0 || !levels[0].startsWith("$");
        if (wildcards && node.hash != null) {
            node.hash.owners.forEach(visitor);
        }
        if (depth == levels.length) {
            node.owners.forEach(visitor);
            return;
        }
        if (wildcards && node.plus != null) {
            match(node.plus, levels, depth + 1, visitor);
        }
        if (node.children != null) {
            Node<K, V> child = node.children.get(levels[depth]);
            if (child != null) {
                match(child, levels, depth + 1, visitor);
            }
        }
    }

    /** Calls back for each filter that has a subscription, in no order. */
    public void forEachFilter(Consumer<String> visitor) {
        forEachFilter(root, null, visitor);
    }

    private void forEachFilter(Node<K, V> node, String path, Consumer<String> visitor) {
        if (path != null && !node.owners.isEmpty()) {
            visitor.accept(path);
        }
        node.forEachChild((level, child) -> forEachFilter(child, path == null ? level : path + '/' + level, visitor));
    }

    private static final class Node<K, V> {
        private Map<String, Node<K, V>> children;
        private Node<K, V> plus;
        private Node<K, V> hash;
        private final Owners<K, V> owners = new Owners<>();

        Node<K, V> child(String level) {
            return switch (level) {
                case "+" -> plus;
                case "#" -> hash;
                default -> children == null ? null : children.get(level);
            };
        }

        Node<K, V> childForInsert(String level) {
            Node<K, V> existing = child(level);
            if (existing != null) {
                return existing;
            }
            Node<K, V> created = new Node<>();
            switch (level) {
                case "+" -> plus = created;
                case "#" -> hash = created;
                default -> {
                    if (children == null) {
                        children = new HashMap<>(2);
                    }
                    children.put(level, created);
                }
            }
            return created;
        }

        void removeChild(String level) {
            switch (level) {
                case "+" -> plus = null;
                case "#" -> hash = null;
                default -> {
                    children.remove(level);
                    if (children.isEmpty()) {
                        children = null;
                    }
                }
            }
        }

        void forEachChild(BiConsumer<String, Node<K, V>> visitor) {
            if (plus != null) {
                visitor.accept("+", plus);
            }
            if (hash != null) {
                visitor.accept("#", hash);
            }
            if (children != null) {
                children.forEach(visitor);
            }
        }

        boolean isEmpty() {
            return owners.isEmpty() && plus == null && hash == null && children == null;
        }
    }

    /** The subscriptions of one filter: the usual single one is held in place, more of them in a map. */
    private static final class Owners<K, V> {
        private K owner;
        private V subscription;
        private Map<K, V> more;

        V put(K key, V value) {
            if (more != null) {
                return more.put(key, value);
            }
            if (owner == null || owner.equals(key)) {
                V previous = subscription;
                owner = key;
                subscription = value;
                return previous;
            }
            more = new HashMap<>(4);
            more.put(owner, subscription);
            owner = null;
            subscription = null;
            return more.put(key, value);
        }

        V remove(K key) {
            if (more != null) {
                V removed = more.remove(key);
                if (more.isEmpty()) {
                    more = null;
                }
                return removed;
            }
            if (owner == null || !owner.equals(key)) {
                return null;
            }
            V removed = subscription;
            owner = null;
            subscription = null;
            return removed;
        }

        void forEach(BiConsumer<? super K, ? super V> visitor) {
            if (owner != null) {
                visitor.accept(owner, subscription);
            } else if (more != null) {
                more.forEach(visitor);
            }
        }

        boolean isEmpty() {
            return owner == null && more == null;
        }
    }
}
