package io.sluice.examples.analytics;

/**
 * What is used here of a record of {@code mqtt.events}.
 *
 * @param event {@code connected}, {@code disconnected}, {@code taken-over}, {@code subscriptions} or {@code ended}
 * @param reason why, null if that is not known
 */
record Event(String event, String reason) {

    String label() {
        return reason == null ? event : event + " " + reason;
    }
}
