package io.sluice.kit.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LimitedLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(LimitedLogTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong clock = new AtomicLong();
    private final LimitedLog log = new LimitedLog(logger, clock::get);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void aFloodIsCutAndTheNextLineTellsHowMuchOfItWasLeftOut() {
        write(1_000);
        assertThat(lines.list).hasSize(100);

        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        write(50);

        assertThat(lines.list).hasSize(120);
        assertThat(lines.list.get(100).getKeyValuePairs()).anySatisfy(pair -> {
            assertThat(pair.key).isEqualTo("leftOut");
            assertThat(pair.value).isEqualTo(900L);
        });
        assertThat(lines.list.get(101).getKeyValuePairs())
                .noneSatisfy(pair -> assertThat(pair.key).isEqualTo("leftOut"));
    }

    @Test
    void afterAPauseThereIsRoomForOneBurstAndNoMore() {
        write(100);
        clock.addAndGet(Duration.ofHours(1).toNanos());
        write(1_000);

        assertThat(lines.list).hasSize(200);
    }

    private void write(int times) {
        for (int i = 0; i < times; i++) {
            log.atInfo().addKeyValue("client", "c" + i).log("Refused");
        }
    }
}
