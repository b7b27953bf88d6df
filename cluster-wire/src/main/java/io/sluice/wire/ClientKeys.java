package io.sluice.wire;

import java.nio.charset.StandardCharsets;

/** Client ids as keys of records. */
final class ClientKeys {

    private ClientKeys() {}

    static byte[] encode(String clientId) {
        return clientId.getBytes(StandardCharsets.UTF_8);
    }

    static String decode(byte[] key) throws DamagedRecordException {
        if (key == null || key.length == 0 || !Utf8.isWellFormed(key)) {
            throw new DamagedRecordException("the key is not a client id");
        }
        return new String(key, StandardCharsets.UTF_8);
    }
}
