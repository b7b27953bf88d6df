package io.sluice.gateway.protocol;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Topic aliases towards a client: the first topics that it gets are given one, as far as it allows (MQTT 5.0 section
 * 3.3.2.3.4). Confined to the event loop.
 */
final class TopicAliases {

    private final int maximum;
    private Map<ByteBuffer, Integer> aliases;
    private ByteBuffer lastNew;

    /** @param maximum the client's topic alias maximum, and not more than this gateway remembers; may be 0 */
    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /** The alias of a topic, 0 if it has none. */
    int aliasOf(byte[] topic) {
        lastNew = null;
        if (maximum == 0) {
            return 0;
        }
        if (aliases == null) {
            aliases = new HashMap<>();
        }
        ByteBuffer key = ByteBuffer.wrap(topic);
        Integer alias = aliases.get(key);
        if (alias == null && aliases.size() < maximum) {
            alias = aliases.size() + 1;
            aliases.put(key, alias);
            lastNew = key;
        }
        return alias == null ? 0 : alias;
    }

    /** Whether the alias that was asked for last is new, so that the topic has to be sent with it. */
    boolean isNew() {
        return lastNew != null;
    }

    /** The packet that would have told the client of a new alias is not sent. */
    void forgetNew() {
        if (lastNew != null) {
            aliases.remove(lastNew);
            lastNew = null;
        }
    }
}
