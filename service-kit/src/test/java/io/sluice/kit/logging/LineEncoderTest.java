package io.sluice.kit.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LineEncoderTest {

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @Test
    void jsonHasWhatAndWhoAsFields() throws Exception {
        context.putProperty("role", "gateway");
        context.putProperty("node", "gateway-1");

        JsonNode line = json(log -> log.atWarn()
                .addKeyValue("client", "a\"b\n")
                .addKeyValue("offset", 7L)
                .addKeyValue("known", true)
                .addKeyValue("cause", (Object) null)
                .setCause(new IllegalStateException("a defect"))
                .log("Refused what a client sent"));

        assertThat(line.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("role").asText()).isEqualTo("gateway");
        assertThat(line.get("node").asText()).isEqualTo("gateway-1");
        assertThat(line.get("logger").asText()).isEqualTo("io.sluice.Sample");
        assertThat(line.get("message").asText()).isEqualTo("Refused what a client sent");
        assertThat(line.get("client").asText()).isEqualTo("a\"b\n");
        assertThat(line.get("offset").asLong()).isEqualTo(7);
        assertThat(line.get("known").asBoolean()).isTrue();
        assertThat(line.get("cause").isNull()).isTrue();
        assertThat(line.get("exception").asText()).startsWith("java.lang.IllegalStateException: a defect");
    }

    @Test
    void aKeyCannotPassForAFieldOfTheLineItself() throws Exception {
        JsonNode line = json(log -> log.atInfo().addKeyValue("level", "OFF").log("It is {}", "said"));

        assertThat(line.get("level").asText()).isEqualTo("INFO");
        assertThat(line.get("level_").asText()).isEqualTo("OFF");
        assertThat(line.get("message").asText()).isEqualTo("It is said");
    }

    @Test
    void oneLineEachHoweverLongAndStrangeAClientIdIs() throws Exception {
        String strange = "x\nERROR forged\u001b[2J" + "y".repeat(65_000);

        String text =
                line("text", log -> log.atInfo().addKeyValue("client", strange).log("Refused"));
        String json =
                line("json", log -> log.atInfo().addKeyValue("client", strange).log("Refused"));

        assertThat(text).hasSizeLessThan(2_200).contains("Refused client=\"x?ERROR forged?[2Jy");
        assertThat(text.lines()).hasSize(1);
        assertThat(json).hasSizeLessThan(1_500);
        assertThat(json.lines()).hasSize(1);
        assertThat(new ObjectMapper().readTree(json).get("client").asText()).startsWith("x\nERROR forged");
    }

    @Test
    void anUnknownFormatIsText() {
        assertThat(line("xml", log -> log.atInfo().addKeyValue("client", "c").log("Refused")))
                .endsWith("INFO  [main] Sample - Refused client=\"c\"" + System.lineSeparator());
    }

    private JsonNode json(Consumer<Logger> action) throws Exception {
        return new ObjectMapper().readTree(line("json", action));
    }

    private String line(String format, Consumer<Logger> action) {
        ch.qos.logback.classic.Logger logger = context.getLogger("io.sluice.Sample");
        events.setContext(context);
        events.start();
        events.list.clear();
        logger.addAppender(events);
        Thread.currentThread().setName("main");
        action.accept(logger);
        LineEncoder encoder = new LineEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.start();
        return new String(encoder.encode(events.list.get(0)), StandardCharsets.UTF_8);
    }
}
