/**
 * {@code sluice doctor}: looks at Kafka, ZooKeeper, clocks and limits as the processes of a cluster will find them, and
 * says what to mend. It changes nothing that it does not put back.
 */
package io.sluice.local.doctor;
