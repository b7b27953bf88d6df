package io.sluice.it.model;

import io.sluice.gateway.session.ModelGateway;
import io.sluice.wire.PublishProperties;
import io.sluice.wire.PublishRecord;
import io.sluice.wire.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A client that comes without a durable session and with a will, again and again under the same identifier. */
final class ModelGuest {

    private final String id;
    private final Random random;
    private final SessionWorld world;
    /** The present visit and those that are broken, which their gateways have not noticed yet. */
    private final List<ModelGateway.Visit> visits = new ArrayList<>();

    ModelGuest(String id, Random random, SessionWorld world) {
        this.id = id;
        this.random = random;
        this.world = world;
    }

    String id() {
        return id;
    }

    boolean isHere() {
        return !visits.isEmpty();
    }

    void step() {
        int dice = random.nextInt(6);
        if (visits.isEmpty() || dice == 0) {
            come();
        } else {
            ModelGateway.Visit visit = visits.get(random.nextInt(visits.size()));
            if (dice == 1) {
                world.tell(id + " leaves");
                visit.leave();
            } else if (dice == 2) {
                world.tell(id + " is lost");
                visit.end();
            }
        }
    }

    /** Ends all visits. */
    void goAway() {
        List.copyOf(visits).forEach(ModelGateway.Visit::end);
    }

    private void come() {
        ModelGateway gateway = world.anyGateway();
        if (gateway != null) {
            String number = Integer.toString(world.expectedWills.size());
            world.tell(id + " visits " + gateway.incarnation() + " with will " + number);
            PublishRecord will = PublishRecord.outgoing(
                    "w".getBytes(StandardCharsets.UTF_8),
                    number.getBytes(StandardCharsets.UTF_8),
                    Qos.AT_LEAST_ONCE,
                    false,
                    null,
                    PublishProperties.NONE);
            Peer peer = new Peer();
            peer.visit = gateway.visit(id, will, peer);
            visits.add(peer.visit);
            world.expectedWills.add(peer.visit);
        }
    }

    private final class Peer implements ModelGateway.Peer {
        private ModelGateway.Visit visit;

        @Override
        public void closed() {
            visits.remove(visit);
        }

        @Override
        public void connack(boolean sessionPresent) {}

        @Override
        public void publish(PublishRecord message, Qos qos, int packetId, boolean dup) {
            throw new IllegalStateException(id + " has subscribed to nothing");
        }

        @Override
        public void pubrel(int packetId) {
            throw new IllegalStateException(id + " was sent nothing");
        }

        @Override
        public void suback() {
            throw new IllegalStateException(id + " has subscribed to nothing");
        }

        @Override
        public void unsuback() {
            throw new IllegalStateException(id + " has subscribed to nothing");
        }
    }
}
