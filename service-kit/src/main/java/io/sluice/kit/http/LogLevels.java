package io.sluice.kit.http;

import io.sluice.kit.logging.ProcessLog;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /log-levels}: GET tells the levels, {@code PUT /log-levels?logger=io.sluice.gateway&level=DEBUG} changes one until the
 * process ends. An empty level is that of the logger above.
 */
final class LogLevels implements Endpoint {

    private static final Logger log = LoggerFactory.getLogger(LogLevels.class);

    @Override
    public Set<String> methods() {
        return Set.of("GET", "HEAD", "PUT");
    }

    @Override
    public Response handle(String method, URI uri) {
        if (method.equals("PUT")) {
            Map<String, String> query = query(uri);
            String logger = query.getOrDefault("logger", "");
            String level = query.get("level");
            if (logger.isEmpty() || level == null || !ProcessLog.setLevel(logger, level)) {
                return Response.text(
                        400, "Say ?logger=NAME&level=LEVEL; a level is OFF, ERROR, WARN, INFO, DEBUG or TRACE\n");
            }
            log.atInfo().addKeyValue("changed", logger).addKeyValue("to", level).log("Log level changed");
        }
        return Response.json(200, ProcessLog.levels());
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String part : uri.getRawQuery().split("&", -1)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    query.put(part.substring(0, equals), decode(part.substring(equals + 1)));
                }
            }
        }
        return query;
    }

    private static String decode(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value; // Not encoded as it should be: then it is no name that is known.
        }
    }
}
