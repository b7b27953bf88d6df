package io.sluice.gateway.group;

import io.sluice.wire.SubscriptionOptions;

/** A client as a member of one group. */
final class GroupMember {

    private final GroupClient client;
    private SubscriptionOptions options;
    /** Messages that it may be sent before it has acknowledged one. */
    private int room;
    /** What was given to it and is not done. */
    private int given;
    /** Messages whose binding to the session is not durable. */
    private int binding;
    /** Whether it has unsubscribed: it gets no further messages. */
    private boolean leaving;
    /** Whether its connection is over. */
    private boolean gone;
    /** Whether it stands among those that are ready for a message. */
    private boolean ready;

    GroupMember(GroupClient client, SubscriptionOptions options, int window) {
        this.client = client;
        this.options = options;
        this.room = window;
    }

    GroupClient client() {
        return client;
    }

    SubscriptionOptions options() {
        return options;
    }

    void options(SubscriptionOptions changed) {
        options = changed;
    }

    void take() {
        room--;
        given++;
    }

    void giveBack() {
        room++;
        given--;
    }

    int given() {
        return given;
    }

    int binding() {
        return binding;
    }

    void binding(int change) {
        binding += change;
    }

    boolean isLeaving() {
        return leaving;
    }

    void leaving(boolean isLeaving) {
        leaving = isLeaving;
    }

    boolean isGone() {
        return gone;
    }

    void gone() {
        gone = true;
    }

    boolean isReady() {
        return ready;
    }

    void ready(boolean isReady) {
        ready = isReady;
    }

    /** Whether it may get a message now. */
    boolean hasRoom() {
        return room > 0 && !leaving && !gone;
    }
}
