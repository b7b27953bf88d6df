package io.sluice.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The filters of a durable session as versions, each of which holds for a stretch of every log partition. The one function
 * {@link #delivery} tells for the gateway's tail, for the index of what is unsettled, and for what is resumed whether and
 * how a message reaches the session, so that these cannot disagree. Immutable.
 *
 * @param clientId whose session it is, as UTF-8, not to be changed
 * @param versions in the order in which they were made
 */
public record SessionFilters(byte[] clientId, List<FilterVersion> versions) {

    /** Copies the list. */
    public SessionFilters {
        versions = List.copyOf(versions);
    }

    /** A session without filters. */
    public static SessionFilters none(byte[] clientId) {
        return new SessionFilters(clientId, List.of());
    }

    /**
     * How a message reaches a session: at the highest quality of service of the matching filters, with all their
     * identifiers ([MQTT-3.3.4-2] to [MQTT-3.3.4-4]).
     *
     * @param qos of the delivery
     * @param retainAsPublished whether the RETAIN flag is handed on
     * @param identifiers of the matching subscriptions, in the order in which they were made; not to be changed
     */
    public record Delivery(Qos qos, boolean retainAsPublished, int[] identifiers) {}

    /**
     * Whether and how a message of the log reaches the session.
     *
     * @param message with its place in the log
     * @return null if it does not
     */
    public Delivery delivery(PublishRecord message) {
        String topic = new String(message.topic(), StandardCharsets.UTF_8);
        Qos qos = null;
        boolean retainAsPublished = false;
        int[] identifiers = new int[0];
        for (FilterVersion version : versions) {
            SubscriptionOptions options = version.options();
            if (version.covers(message.partition(), message.offset())
                    && version.filter().matches(topic)
                    && !(options.noLocal() && Arrays.equals(message.clientId(), clientId))) {
                qos = qos == null || options.qos().level() > qos.level() ? options.qos() : qos;
                retainAsPublished |= options.retainAsPublished();
                if (options.identifier() != 0) {
                    identifiers = Arrays.copyOf(identifiers, identifiers.length + 1);
                    identifiers[identifiers.length - 1] = options.identifier();
                }
            }
        }
        return qos == null ? null : new Delivery(qos.min(message.qos()), retainAsPublished, identifiers);
    }

    /**
     * The filters after a SUBSCRIBE. What was covered stays covered: a filter that is subscribed to already goes on without a
     * gap, with the new options from the place where they take effect.
     *
     * @param since the offset of the command
     * @param at where in each log partition it takes effect
     */
    public SessionFilters subscribe(TopicFilter filter, SubscriptionOptions options, long since, long[] at) {
        int open = open(filter);
        if (open < 0) {
            // Not before an earlier subscription to it ended, at another gateway whose tail was ahead.
            long[] from = at.clone();
            versions.stream()
                    .filter(version -> version.filter().equals(filter))
                    .forEach(ended -> raise(from, ended.to()));
            return with(versions, new FilterVersion(filter, options, since, from, null));
        }
        FilterVersion present = versions.get(open);
        if (present.options().equals(options)) {
            return this;
        }
        FilterVersion ended = end(present, at);
        return with(replace(open, ended), new FilterVersion(filter, options, since, ended.to(), null));
    }

    /** The filters after an UNSUBSCRIBE that takes effect at a place of the log; the same if there was no such filter. */
    public SessionFilters unsubscribe(TopicFilter filter, long[] at) {
        int open = open(filter);
        return open < 0 ? this : new SessionFilters(clientId, replace(open, end(versions.get(open), at)));
    }

    /**
     * The filters without the versions that ended before a place of the log.
     *
     * @param below for each partition: no message before this offset is of interest any more
     */
    public SessionFilters withoutEnded(long[] below) {
        List<FilterVersion> left = versions.stream()
                .filter(version -> version.isOpen() || !isAtMost(version.to(), below))
                .toList();
        return left.size() == versions.size() ? this : new SessionFilters(clientId, left);
    }

    /** How many filters are in force. */
    public int size() {
        return (int) versions.stream().filter(FilterVersion::isOpen).count();
    }

    private int open(TopicFilter filter) {
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).isOpen() && versions.get(i).filter().equals(filter)) {
                return i;
            }
        }
        return -1;
    }

    private List<FilterVersion> replace(int index, FilterVersion version) {
        List<FilterVersion> changed = new ArrayList<>(versions);
        changed.set(index, version);
        return changed;
    }

    private SessionFilters with(List<FilterVersion> present, FilterVersion version) {
        List<FilterVersion> changed = new ArrayList<>(present);
        changed.add(version);
        return new SessionFilters(clientId, changed);
    }

    /** A version never ends before it begins, wherever the tail of the gateway that ends it may be. */
    private static FilterVersion end(FilterVersion version, long[] at) {
        long[] to = at.clone();
        raise(to, version.from());
        return new FilterVersion(version.filter(), version.options(), version.since(), version.from(), to);
    }

    private static void raise(long[] offsets, long[] atLeast) {
        for (int p = 0; p < offsets.length; p++) {
            offsets[p] = Math.max(offsets[p], atLeast[p]);
        }
    }

    private static boolean isAtMost(long[] a, long[] b) {
        for (int p = 0; p < a.length; p++) {
            if (a[p] > b[p]) {
                return false;
            }
        }
        return true;
    }
}
