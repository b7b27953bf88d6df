package io.sluice.router.queue;

/**
 * How far the match stage has come in one log partition: all matches of messages below {@code reached} with filter versions up
 * to {@code applied} were read before this.
 *
 * @param reached an offset of the log
 * @param applied an offset of {@code mqtt.commands}: the latest change of filters that was taken into account
 */
record Mark(long reached, long applied) {

    /** Before the first mark. */
    static final Mark NONE = new Mark(0, -1);
}
