package io.sluice.kit.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/**
 * The answer to a request.
 *
 * @param status of HTTP
 * @param contentType the header's value
 * @param body may be empty
 */
public record Response(int status, String contentType, byte[] body) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A value as JSON: a record, a map, a list. */
    public static Response json(int status, Object value) {
        try {
            return new Response(status, "application/json", JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not to be written as JSON: " + value.getClass(), e);
        }
    }

    /** Text in UTF-8. */
    public static Response text(int status, String text) {
        return new Response(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
