package io.sluice.kit.logging;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/**
 * Makes one line of each event: text for people, or JSON for programs ({@link JsonLine}). Control characters of messages and
 * values are replaced in both, so that no client can forge a line by what it calls itself, and both are cut where they become
 * too long. Logback makes it from its configuration.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

    /** The format for people. */
    public static final String TEXT = "text";

    /** The format for programs. */
    public static final String JSON = "json";

    private static final byte[] NOTHING = {};
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} - "
            + "%replace(%.-2000(%msg %kvp)){'[\\x00-\\x1F\\x7F]', '?'}%n%ex";

    private final PatternLayout text = new PatternLayout();
    private final JsonLine json = new JsonLine();
    private String format = TEXT;

    /** {@link #TEXT} or {@link #JSON}; anything else is told once on stderr, and is text. */
    public void setFormat(String format) {
        this.format = format;
    }

    @Override
    public void start() {
        if (!format.equals(TEXT) && !format.equals(JSON)) {
            // There is no log yet that could tell.
            System.err.println("SLUICE_LOG_FORMAT is text or json, was " + format + "; it is text now");
            format = TEXT;
        }
        text.setContext(getContext());
        text.setPattern(PATTERN);
        text.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return format.equals(JSON) ? json.of(event) : text.doLayout(event).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
