package io.sluice.kit.http;

import java.net.URI;
import java.util.Set;

/** Answers the requests for one path. Called by several threads at a time; must not wait for long. */
@FunctionalInterface
public interface Endpoint {

    /** The methods that it takes; any other is answered with 405. */
    default Set<String> methods() {
        return Set.of("GET", "HEAD");
    }

    /** Whether it is for those alone who are on this machine; others are answered with 403. */
    default boolean isForThisMachine() {
        return false;
    }

    /**
     * Answers one request.
     *
     * @param method one of {@link #methods}; the server leaves out the body for {@code HEAD} by itself
     * @param uri as requested, with the query
     */
    Response handle(String method, URI uri);
}
