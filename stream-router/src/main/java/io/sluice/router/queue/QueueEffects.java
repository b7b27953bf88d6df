package io.sluice.router.queue;

import io.sluice.wire.ClientCommand;
import io.sluice.wire.Command;
import io.sluice.wire.Fanout;
import io.sluice.wire.GroupCommand;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.SubscriptionsRecord;

/** What the queue stage sends; it becomes visible together with the state that it follows from. */
interface QueueEffects {

    /** Answers or tells a gateway. */
    void send(int slot, Fanout message);

    /** Tells the match stage the filters of a session. */
    void filters(SubscriptionsRecord filters);

    /** A session whose last record had no filters need not be known to the match stage any more. */
    void filtersGone(String clientId);

    /** Publishes a will; readers drop a second copy by its unique id. */
    void publishWill(PublishRecord will);

    /** Puts a timer that has become due into the one order of its client. */
    void due(ClientCommand.Due due);

    /** Tells the queue of a group, in the order of the calls. */
    void toGroup(GroupCommand command);

    /** Something happened to a client's session or connection. */
    void told(String clientId, SessionEvent event, ClientState client);

    /** A client's session or connection is another than before. */
    void changed(String clientId, ClientState client);

    /** A client has neither a session nor a connection any more. */
    void gone(String clientId, ClientState last);

    /**
     * A leader declares a gateway lost whose reign is over.
     *
     * @param newestTerm of the leaders that have declared one lost
     */
    void lossRefused(Command.GatewayLost loss, long newestTerm);

    /** The queue of a session is longer or shorter than was told last. */
    void lagChanged(String clientId, ClientState client);

    /** A message was dropped from a queue, or not queued. */
    void dropped(String clientId, DropReason reason);

    /** A match leads to no entry. */
    void passedOver(PassedOver reason);
}
