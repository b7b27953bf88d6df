package io.sluice.leader.duty;

import io.micrometer.core.instrument.Counter;
import io.sluice.leader.Term;
import io.sluice.leader.duty.GatewayRegister.Absent;
import io.sluice.wire.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what a dead gateway leaves. In this order, so that whoever comes next can finish what a leader has begun: the
 * gateway is condemned in the register, its loss is written to every partition of {@code mqtt.commands}, its record is
 * removed. A loss may be told twice; it is never told of a gateway that can come back, and never forgotten. One thread.
 */
final class Reaper {

    private static final Logger log = LoggerFactory.getLogger(Reaper.class);

    private final GatewayRegister register;
    private final String commandsTopic;
    private final Producer<byte[], byte[]> producer;
    private final Counter lost;

    Reaper(GatewayRegister register, String commandsTopic, Producer<byte[], byte[]> producer, Counter lost) {
        this.register = register;
        this.commandsTopic = commandsTopic;
        this.producer = producer;
        this.lost = lost;
    }

    /**
     * Reaps one gateway; may be repeated when it fails.
     *
     * @param partitions of the topic of commands
     */
    void reap(Term term, Absent gateway, int partitions) throws Exception {
        if (!gateway.condemned() && !register.condemn(term, gateway)) {
            return;
        }
        tell(term, gateway, partitions);
        register.remove(term, gateway);
        lost.increment();
        log.atWarn()
                .addKeyValue("incarnation", gateway.incarnation())
                .addKeyValue("slot", gateway.slot())
                .addKeyValue("term", term.number())
                .log("Gateway lost");
    }

    private void tell(Term term, Absent gateway, int partitions) throws Exception {
        Command command = new Command.GatewayLost(term.number(), gateway.slot(), gateway.incarnation());
        List<Future<RecordMetadata>> writes = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            term.check();
            writes.add(producer.send(new ProducerRecord<>(commandsTopic, partition, command.key(), command.value())));
        }
        for (Future<RecordMetadata> write : writes) {
            try {
                write.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        "the loss of " + gateway.incarnation() + " could not be written to " + commandsTopic,
                        e.getCause());
            }
        }
    }
}
