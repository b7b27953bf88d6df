package io.sluice.kit.config;

import io.sluice.kit.StartException;

/** A configuration cannot be used. The message names the file or variable, the full key and what is expected there. */
public final class ConfigException extends StartException {

    private static final long serialVersionUID = 1L;

    /** @param message one line for the operator */
    public ConfigException(String message) {
        super(message);
    }

    /**
     * @param message one line for the operator
     * @param cause what was thrown by the reader or the record
     */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
