package io.sluice.leader.duty;

import io.sluice.leader.Term;
import io.sluice.leader.TermOverException;
import java.time.Duration;
import java.util.List;

/**
 * The register of gateways as the primary sees it and writes to it. What it writes counts only while its term does: each
 * write proves, in one transaction, that the node which won the election is still there.
 */
public interface GatewayRegister {

    /**
     * A gateway that is on record and has no slot.
     *
     * @param incarnation which life of the gateway
     * @param slot the slot that it had
     * @param staleAfter how long it takes itself for alive without a sign of life in Kafka
     * @param condemned whether a leader has declared it lost already and could not finish
     * @param version of its record
     */
    record Absent(String incarnation, int slot, Duration staleAfter, boolean condemned, int version) {}

    /**
     * Asks for all of them, now.
     *
     * @throws Exception when the register cannot be read
     */
    List<Absent> absent() throws Exception;

    /**
     * Declares a gateway lost: it can never again have a slot as this incarnation.
     *
     * @return false if its record has changed or gone since it was read: it is back, or has left
     * @throws TermOverException if another leader may be elected
     * @throws Exception when the register cannot be written
     */
    boolean condemn(Term term, Absent gateway) throws Exception;

    /**
     * Removes the record of a gateway whose loss was told to the cluster.
     *
     * @throws TermOverException if another leader may be elected
     * @throws Exception when the register cannot be written
     */
    void remove(Term term, Absent gateway) throws Exception;
}
