package io.sluice.kit.membership;

import java.io.IOException;

/**
 * What the node of one life of a gateway holds. The node appears together with its slot and outlives it, so that a
 * gateway's death is not forgotten. It goes when the gateway leaves cleanly, or when a leader has reaped it: the leader
 * first condemns it, then tells the cluster, then removes it. A condemned incarnation never gets a slot again.
 *
 * @param slot the slot that it claimed last
 * @param info what the gateway said of itself when it joined
 * @param status what it reported last
 * @param condemnedBy the term of the leader that declared it lost, 0 if none did
 */
public record Incarnation(int slot, GatewayInfo info, GatewayStatus status, long condemnedBy) {

    /** Whether a leader declared it lost. */
    public boolean condemned() {
        return condemnedBy != 0;
    }

    /** The same, declared lost. */
    public Incarnation condemn(long term) {
        return new Incarnation(slot, info, status, term);
    }

    /** The node's content. */
    public byte[] toJson() {
        return Json.write(this);
    }

    /**
     * Reads a node's content.
     *
     * @throws IOException if it is something else
     */
    public static Incarnation fromJson(byte[] json) throws IOException {
        return Json.read(json, Incarnation.class);
    }
}
