package io.sluice.gateway.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Packets written by hand: two hexadecimal digits are a byte, {@code 'text'} is its UTF-8, and {@code "text"} is an MQTT
 * string, its length first. {@code <a b c>} stands for the length of what is between as a variable byte integer, then
 * that itself.
 */
final class Wire {

    private static final Pattern TOKEN = Pattern.compile("\\s+|'([^']*)'|\"([^\"]*)\"|<|>|([0-9A-Fa-f]{2})");

    private Wire() {}

    static byte[] bytes(String notation) {
        Matcher matcher = TOKEN.matcher(notation);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int end = parse(notation, matcher, 0, out);
        if (end != notation.length()) {
            throw new IllegalArgumentException("cannot read " + notation.substring(end));
        }
        return out.toByteArray();
    }

    static ByteBuf buffer(String notation) {
        return Unpooled.wrappedBuffer(bytes(notation));
    }

    private static int parse(String notation, Matcher matcher, int start, ByteArrayOutputStream out) {
        int at = start;
        while (at < notation.length()) {
            matcher.region(at, notation.length());
            if (!matcher.lookingAt()) {
                throw new IllegalArgumentException("cannot read " + notation.substring(at));
            }
            String token = matcher.group();
            at = matcher.end();
            if (token.equals(">")) {
                return at;
            } else if (token.equals("<")) {
                ByteArrayOutputStream inner = new ByteArrayOutputStream();
                at = parse(notation, matcher, at, inner);
                writeLength(inner.size(), out);
                out.writeBytes(inner.toByteArray());
            } else if (matcher.group(1) != null) {
                out.writeBytes(matcher.group(1).getBytes(StandardCharsets.UTF_8));
            } else if (matcher.group(2) != null) {
                byte[] text = matcher.group(2).getBytes(StandardCharsets.UTF_8);
                out.write(text.length >> 8);
                out.write(text.length);
                out.writeBytes(text);
            } else if (matcher.group(3) != null) {
                out.write(Integer.parseInt(token, 16));
            }
        }
        return at;
    }

    private static void writeLength(int length, ByteArrayOutputStream out) {
        int rest = length;
        do {
            out.write(rest % 128 + (rest >= 128 ? 128 : 0));
            rest /= 128;
        } while (rest > 0);
    }
}
