package io.sluice.gateway;

import io.sluice.kit.http.Endpoint;
import io.sluice.kit.http.Response;
import java.net.URI;
import java.util.Set;

/** {@code POST /drain}: has the gateway drain and its process end, as SIGTERM does; from this machine alone. */
record DrainEndpoint(Runnable stop) implements Endpoint {

    @Override
    public Set<String> methods() {
        return Set.of("POST");
    }

    /** The port is open to whoever watches the gateway, and they are not to stop it. */
    @Override
    public boolean isForThisMachine() {
        return true;
    }

    @Override
    public Response handle(String method, URI uri) {
        stop.run();
        return Response.text(202, "This gateway drains, and its process ends\n");
    }
}
