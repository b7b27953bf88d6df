package io.sluice.kit.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmHeapPressureMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.logging.LogbackMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.kit.Build;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of one process: its own, those of the JVM, of the process, of its log lines and of its Kafka clients. Each
 * carries the process's role and its name as {@code node}: {@code instance} is Prometheus' own word for what it
 * scrapes. Thread-safe; not static, so that several can live in one JVM.
 */
public final class Metrics implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Metrics.class);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /** What holds threads or listeners, the last one first. */
    private final Deque<AutoCloseable> bound = new ArrayDeque<>();

    private final ScheduledExecutorService kafkaRefresh;

    private Metrics() {
        kafkaRefresh = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "kafka-metrics");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The meters of a process that starts.
     *
     * @param role such as {@code gateway}
     * @param node the process's name
     */
    public static Metrics create(String role, String node) {
        Metrics metrics = new Metrics();
        metrics.registry.config().commonTags("role", role, "node", node).meterFilter(new OnlyChosenBuckets());
        metrics.bindProcess();
        return metrics;
    }

    /** Hundreds of generated buckets for a timer would cost more than they tell: only those that a meter names. */
    private static final class OnlyChosenBuckets implements MeterFilter {
        @Override
        public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
            return DistributionStatisticConfig.builder()
                    .percentilesHistogram(false)
                    .percentiles()
                    .build()
                    .merge(config);
        }
    }

    private void bindProcess() {
        new ClassLoaderMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        bind(new JvmGcMetrics());
        bind(new JvmHeapPressureMetrics());
        bind(new LogbackMetrics());
        Gauge.builder("sluice.build.info", () -> 1)
                .description("Always 1; the version is in the label")
                .tag("version", Build.version())
                .register(registry);
    }

    /** Where a role registers meters of its own. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Binds meters that hold threads or listeners, such as those of Kafka Streams, until this is closed. */
    public <B extends MeterBinder & AutoCloseable> void bind(B binder) {
        synchronized (bound) {
            bound.push(binder);
        }
        binder.bindTo(registry);
    }

    /** Shows what a producer measures. */
    public void bindKafka(Producer<?, ?> producer) {
        bind(new KafkaClientMetrics(producer, Tags.empty(), kafkaRefresh));
    }

    /** Shows what a consumer measures. */
    public void bindKafka(Consumer<?, ?> consumer) {
        bind(new KafkaClientMetrics(consumer, Tags.empty(), kafkaRefresh));
    }

    /** Shows what an admin client measures. */
    public void bindKafka(Admin admin) {
        bind(new KafkaClientMetrics((AdminClient) admin, Tags.empty(), kafkaRefresh));
    }

    /** All meters in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    /** Lets go of what is measured. */
    @Override
    public void close() {
        synchronized (bound) {
            while (!bound.isEmpty()) {
                try {
                    bound.pop().close();
                } catch (Exception e) { // AutoCloseable's signature; the others have to be closed all the same.
                    log.atWarn().setCause(e).log("Meters did not close cleanly");
                }
            }
        }
        kafkaRefresh.shutdownNow();
        registry.close();
    }
}
