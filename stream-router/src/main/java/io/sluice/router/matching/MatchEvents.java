package io.sluice.router.matching;

/** What happens in the match stage, for metrics. Called by several threads at once. */
public interface MatchEvents {

    /** A message of the log was matched. */
    void messageMatched();

    /** So many messages were left out, since nobody wants them. */
    void messagesLeftOut(int count);

    /** A session was found for a message. */
    void matchSent();

    /** So many records of the log were read for filters that became known late. */
    void lookedBack(long records);

    /** A will was handed on to the log. */
    void willForwarded();

    /** A record of a topic could not be understood. */
    void damaged(String topic);
}
