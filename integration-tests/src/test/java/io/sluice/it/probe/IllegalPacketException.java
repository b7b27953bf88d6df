package io.sluice.it.probe;

/** The server sent bytes that are no packet of the specification, or not one that a server may send. */
final class IllegalPacketException extends Exception {

    private static final long serialVersionUID = 1L;

    IllegalPacketException(String why) {
        super(why);
    }
}
