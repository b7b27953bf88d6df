package io.sluice.kit.membership;

import java.util.Locale;

/**
 * The nodes of a cluster, below the root that the configuration names.
 *
 * <table>
 * <caption>Nodes</caption>
 * <tr><th>node</th><th>kind</th><th>holds</th></tr>
 * <tr><td>{@code /gateways/slots}</td><td>persistent</td><td>nothing; its version changes with each claim</td></tr>
 * <tr><td>{@code /gateways/slots/0007}</td><td>ephemeral</td><td>the incarnation that has the slot, as UTF-8</td></tr>
 * <tr><td>{@code /gateways/incarnations/<id>}</td><td>persistent</td><td>{@link Incarnation} as JSON</td></tr>
 * <tr><td>{@code /routers/<id>}</td><td>ephemeral</td><td>what the router says of itself, as JSON</td></tr>
 * <tr><td>{@code /leaders/members/<id>}</td><td>ephemeral</td><td>what the candidate says of itself, as JSON</td></tr>
 * <tr><td>{@code /leaders/latch}</td><td>persistent</td><td>the election</td></tr>
 * <tr><td>{@code /leaders/term}</td><td>persistent</td><td>the number of the latest term, as text</td></tr>
 * <tr><td>{@code /leaders/topics}</td><td>persistent</td><td>what the primary found and did to Kafka's topics, as JSON</td></tr>
 * </table>
 */
public final class ZooKeeperLayout {

    /** Above all that concerns gateways. */
    public static final String GATEWAYS = "/gateways";

    /** Above the slots. */
    public static final String SLOTS = GATEWAYS + "/slots";

    /** Above the incarnations. */
    public static final String INCARNATIONS = GATEWAYS + "/incarnations";

    /** Above the routers. */
    public static final String ROUTERS = "/routers";

    /** Above all that concerns leaders. */
    public static final String LEADERSHIP = "/leaders";

    /** Above the leader candidates. */
    public static final String LEADERS = LEADERSHIP + "/members";

    /** Above the nodes of the election. */
    public static final String LATCH = LEADERSHIP + "/latch";

    /** The number of the latest term. */
    public static final String TERM = LEADERSHIP + "/term";

    /** What the primary says of Kafka's topics. */
    public static final String TOPICS = LEADERSHIP + "/topics";

    private ZooKeeperLayout() {}

    /** The node of a slot; four digits, so that a listing is in order. */
    public static String slot(int slot) {
        return String.format(Locale.ROOT, "%s/%04d", SLOTS, slot);
    }

    /** The node of one life of a gateway. */
    public static String incarnation(String incarnation) {
        return INCARNATIONS + "/" + incarnation;
    }
}
