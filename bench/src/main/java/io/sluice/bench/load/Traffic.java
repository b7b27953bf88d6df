package io.sluice.bench.load;

import io.sluice.bench.mqtt.PublishTemplate;
import java.util.Locale;

/**
 * Who publishes to whom. Publishers and subscribers fall into groups by their number; each subscriber receives what the
 * publishers of its group send, or one topic of it alone. As many groups as clients make one-to-one, one group makes
 * fan-in and fan-out.
 *
 * @param publishers 1 to 65,536
 * @param subscribers 1 or more
 * @param groups 1 or more, not more than publishers or subscribers
 * @param topicsPerPublisher 1 to 10,000,000; each publisher goes through its topics in turn
 * @param shared the subscribers of a group share one subscription, so that each message comes to one of them
 * @param topicEach whether each subscriber has one topic for itself; each group has one publisher then, and as many
 *     topics as subscribers
 * @param prefix of all topics, unlike other runs'
 */
record Traffic(
        int publishers,
        int subscribers,
        int groups,
        int topicsPerPublisher,
        boolean shared,
        boolean topicEach,
        String prefix) {

    private static final int MAX_PUBLISHERS = 65_536;
    private static final int MAX_TOPICS = 10_000_000;
    private static final String SHARE = "$share/bench/";

    Traffic {
        Require.range("publishers", publishers, 1, MAX_PUBLISHERS);
        Require.range("subscribers", subscribers, 1, Integer.MAX_VALUE);
        Require.range("groups", groups, 1, Math.min(publishers, subscribers));
        Require.range("topics of each publisher", topicsPerPublisher, 1, MAX_TOPICS);
        Require.that(
                !topicEach || (groups == publishers && (long) publishers * topicsPerPublisher == subscribers),
                "a topic for each subscriber needs publishers that share the subscribers evenly");
    }

    /** Traffic in which the subscribers of a group subscribe to the same. */
    Traffic(int publishers, int subscribers, int groups, int topicsPerPublisher, boolean shared, String prefix) {
        this(publishers, subscribers, groups, topicsPerPublisher, shared, false, prefix);
    }

    /** Each subscriber has one topic for itself; each publisher goes through those of its share of the subscribers. */
    static Traffic topicEach(int publishers, int subscribers, String prefix) {
        return new Traffic(publishers, subscribers, publishers, subscribers / publishers, false, true, prefix);
    }

    int groupOf(int client) {
        return client % groups;
    }

    /** A subscriber's place in its group, from 0 on. */
    private int indexOf(int subscriber) {
        return subscriber / groups;
    }

    /** A subscriber's place among the receivers of each message, from 0 on; a shared subscription is one receiver. */
    int receiverOf(int subscriber) {
        return shared || topicEach ? 0 : indexOf(subscriber);
    }

    /** The topic of a publisher, or what stands before its number when it has several. */
    String topic(int publisher) {
        String topic = prefix + "/" + groupOf(publisher) + "/" + publisher;
        return hasNumberedTopics() ? topic + "/" : topic;
    }

    boolean hasNumberedTopics() {
        return topicsPerPublisher > 1;
    }

    /** What a subscriber subscribes to: the topic itself where it is one, else the topics of its group. */
    String filter(int subscriber) {
        return shared ? SHARE + ordinaryFilter(subscriber) : ordinaryFilter(subscriber);
    }

    private String ordinaryFilter(int subscriber) {
        int group = groupOf(subscriber);
        if (topicEach) {
            return hasNumberedTopics()
                    ? PublishTemplate.numberedTopic(topic(group), indexOf(subscriber))
                    : topic(group);
        }
        if (hasNumberedTopics()) {
            return prefix + "/" + group + "/#";
        }
        return publishersOf(group) == 1 ? topic(group) : prefix + "/" + group + "/+";
    }

    private int publishersOf(int group) {
        return membersOf(publishers, group);
    }

    /** How many receive each message of a publisher. */
    int receiversOf(int publisher) {
        return shared || topicEach ? 1 : membersOf(subscribers, groupOf(publisher));
    }

    /** How many sequences of messages a subscriber follows: one for each topic. */
    int streamsOf(int subscriber) {
        if (topicEach) {
            return 1;
        }
        return Math.multiplyExact(publishersOf(groupOf(subscriber)), topicsPerPublisher);
    }

    /** Which of a subscriber's sequences a message belongs to, -1 if it should not have come. */
    int stream(int subscriber, int publisher, long sequence) {
        if (publisher >= publishers || groupOf(publisher) != groupOf(subscriber)) {
            return -1;
        }
        if (topicEach) {
            return topicNumber(sequence) == indexOf(subscriber) ? 0 : -1;
        }
        return publisher / groups * topicsPerPublisher + topicNumber(sequence);
    }

    int topicNumber(long sequence) {
        return (int) (sequence % topicsPerPublisher);
    }

    /** The publisher whose messages a sequence of this subscriber consists of. */
    int publisherOf(int subscriber, int stream) {
        return stream / topicsPerPublisher * groups + groupOf(subscriber);
    }

    /** How many of a publisher's messages belong to a sequence of this subscriber. */
    long messagesOf(int subscriber, int stream, long sent) {
        int topic = topicEach ? indexOf(subscriber) : stream % topicsPerPublisher;
        return (sent - topic + topicsPerPublisher - 1) / topicsPerPublisher;
    }

    private int membersOf(int clients, int group) {
        return (clients - group + groups - 1) / groups;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%,d publishers → %,d subscribers in %,d groups", publishers, subscribers, groups);
    }
}
