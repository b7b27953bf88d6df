package io.sluice.router.queue;

import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.DamagedRecordException;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.Inbox;
import io.sluice.wire.Origin;
import java.util.List;

/** Refuses records that are well-formed, but speak of a log with another number of partitions than this one has. */
final class CommandCheck {

    private final int partitions;

    CommandCheck(int partitions) {
        this.partitions = partitions;
    }

    Command checked(Command command) throws DamagedRecordException {
        if (command instanceof ClientCommand.Subscribe subscribe) {
            offsets(subscribe.at());
        } else if (command instanceof ClientCommand.Unsubscribe unsubscribe) {
            offsets(unsubscribe.at());
        } else if (command instanceof ClientCommand.Pull pull) {
            offsets(pull.from());
        } else if (command instanceof ClientCommand.Detach detach && detach.sentBelow() != null) {
            offsets(detach.sentBelow());
        } else if (command instanceof GroupCommand.Join join) {
            offsets(join.at());
        } else if (command instanceof GroupCommand.Hold hold) {
            offsets(hold.at());
        } else if (command instanceof GroupCommand.Advance advance) {
            for (GroupCommand.Advance.Part part : advance.parts()) {
                partition(part.partition());
            }
            for (GroupCommand.Advance.Binding binding : advance.bindings()) {
                partition(binding.delivery().message().partition());
            }
        } else if (command instanceof Command.Progress progress) {
            for (Command.Progress.Session session : progress.sessions()) {
                origins(session.settled());
                origins(session.received());
            }
        }
        return command;
    }

    Inbox checked(Inbox record) throws DamagedRecordException {
        partition(
                record instanceof Inbox.Match match
                        ? match.message().partition()
                        : ((Inbox.Mark) record).logPartition());
        return record;
    }

    private void offsets(long[] offsets) throws DamagedRecordException {
        if (offsets.length != partitions) {
            throw new DamagedRecordException(offsets.length + " offsets for a log of " + partitions + " partitions");
        }
        for (long offset : offsets) {
            if (offset < 0) {
                throw new DamagedRecordException("no offset for a partition of the log");
            }
        }
    }

    private void origins(List<Origin> origins) throws DamagedRecordException {
        for (Origin origin : origins) {
            partition(origin.partition());
        }
    }

    private void partition(int partition) throws DamagedRecordException {
        if (partition >= partitions) {
            throw new DamagedRecordException("partition " + partition + " of a log that has " + partitions);
        }
    }
}
