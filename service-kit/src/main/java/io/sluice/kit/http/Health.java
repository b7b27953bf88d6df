package io.sluice.kit.http;

import java.util.List;

/**
 * How a process is. Both are asked by threads of the HTTP server, several at a time, and must answer from what is known
 * without waiting for anything.
 */
public interface Health {

    /** Whether the process works at all; when one check fails, only a restart helps. */
    List<Check> live();

    /** Whether the process can do its work now; when one check fails, work should go elsewhere meanwhile. */
    List<Check> ready();
}
