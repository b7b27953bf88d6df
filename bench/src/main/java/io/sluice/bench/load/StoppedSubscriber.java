package io.sluice.bench.load;

import io.sluice.bench.mqtt.ConnectOptions;
import io.sluice.bench.mqtt.MqttClient;

/** Subscribes, and from then on reads nothing. */
final class StoppedSubscriber extends MqttClient {

    private final String filter;

    StoppedSubscriber(String filter, ConnectOptions options, String id, Observer observer) {
        super(options, id, observer);
        this.filter = filter;
    }

    void subscribe() {
        subscribe(filter, 0);
    }

    /** Its socket fills up, and then it is the broker's to decide. */
    void stopReading() {
        channel().config().setAutoRead(false);
    }
}
