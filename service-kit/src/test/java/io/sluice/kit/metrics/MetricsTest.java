package io.sluice.kit.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class MetricsTest {

    /** Kafka clients measure before they have reached anybody. */
    private static final Map<String, Object> NOBODY = Map.of("bootstrap.servers", "127.0.0.1:1");

    private final Metrics metrics = Metrics.create("gateway", "gateway-1");

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void everyMeterTellsRoleAndNodeAndFollowsPrometheusNames() {
        metrics.registry().counter("sluice.connects", "result", "accepted").increment();
        metrics.registry().timer("sluice.append").record(Duration.ofMillis(1500));

        assertThat(metrics.scrape())
                .contains("sluice_connects_total{node=\"gateway-1\",result=\"accepted\",role=\"gateway\"} 1.0\n")
                .contains("sluice_append_seconds_sum{node=\"gateway-1\",role=\"gateway\"} 1.5\n")
                .contains("sluice_build_info{node=\"gateway-1\",role=\"gateway\",version=\"development\"} 1\n");
    }

    @Test
    void theJvmTheProcessAndTheLogAreMeasured() {
        LoggerFactory.getLogger("io.sluice.kit").atWarn().log("One warning for the meters");

        assertThat(metrics.scrape())
                .contains("jvm_memory_used_bytes{")
                .contains("jvm_gc_memory_allocated_bytes_total{")
                .contains("jvm_gc_overhead{")
                .contains("jvm_threads_live_threads{")
                .contains("jvm_classes_loaded_classes{")
                .contains("jvm_info{")
                .contains("process_cpu_usage{")
                .contains("process_uptime_seconds{")
                .contains("process_files_open_files{")
                .contains("logback_events_total{level=\"warn\",node=\"gateway-1\",role=\"gateway\"} 1.0\n");
    }

    @Test
    void kafkaClientsAreMeasuredAsLongAsTheyAreBound() {
        try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(NOBODY, new ByteArraySerializer(), new ByteArraySerializer());
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(NOBODY, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                Admin admin = Admin.create(NOBODY)) {
            metrics.bindKafka(producer);
            metrics.bindKafka(consumer);
            metrics.bindKafka(admin);

            assertThat(metrics.scrape())
                    .contains("kafka_producer_record_send_total{")
                    .contains("kafka_consumer_fetch_manager_records_lag_max{")
                    .contains("kafka_admin_client_request_total{");
        }
    }

    @Test
    void histogramsHaveTheBucketsThatTheirMeterNamesAndNoOthers() {
        Timer timer = Timer.builder("sluice.delivery")
                .publishPercentileHistogram()
                .publishPercentiles(0.5, 0.99)
                .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10))
                .register(metrics.registry());
        timer.record(Duration.ofMillis(5));

        assertThat(metrics.scrape().lines().filter(line -> line.startsWith("sluice_delivery_seconds{")))
                .isEmpty();
        assertThat(metrics.scrape().lines().filter(line -> line.startsWith("sluice_delivery_seconds_bucket")))
                .containsExactly(bucket("0.001", "0"), bucket("0.01", "1"), bucket("+Inf", "1"));
    }

    private static String bucket(String bound, String count) {
        return "sluice_delivery_seconds_bucket{node=\"gateway-1\",role=\"gateway\",le=\"" + bound + "\"} " + count;
    }

    @Test
    void closedMetersLeaveNoThreadBehind() {
        Metrics closed = Metrics.create("router", "closed");
        try (Admin admin = Admin.create(NOBODY)) {
            closed.bindKafka(admin);
            closed.close();
        }
        metrics.close();

        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().startsWith("kafka-metrics")));
    }
}
