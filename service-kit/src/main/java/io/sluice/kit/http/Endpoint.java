package io.sluice.kit.http;

import java.net.URI;

/** Answers the requests for one path. Called by several threads at a time; must not wait for long. */
@FunctionalInterface
public interface Endpoint {

    /**
     * Answers one request.
     *
     * @param method {@code GET} or {@code HEAD}; the server leaves out the body for the latter by itself
     * @param uri as requested, with the query
     */
    Response handle(String method, URI uri);
}
