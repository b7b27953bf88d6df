package io.sluice.kit.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A configuration with a setting of every type. */
record SampleConfig(
        @Setting(value = "sample", doc = "Its name.") String name,
        @Setting(value = "data", doc = "Where it is.") Path folder,
        @Setting(value = "true", doc = "Whether it is on.") boolean enabled,

        @Setting(value = "1", unit = "threads", doc = "How many.")
        int threads,

        @Setting(value = "1MiB", unit = "bytes", doc = "How much.")
        long bytes,

        @Setting(value = "3", unit = "copies", doc = "How many.")
        short copies,

        @Setting(value = "0.5", doc = "Which part.") double ratio,
        @Setting(value = "10s", doc = "How long.") Duration patience,

        @Setting(value = "newest-first", doc = "`newest-first` | `oldest-first`.")
        Policy policy,

        @Setting(value = "x, y", doc = "Which.") List<String> hosts,
        @Setting(value = "", doc = "Which.") List<Integer> ports,
        @Setting(value = "", doc = "Anything.") Map<String, String> client,
        Inner inner) {

    SampleConfig {
        Require.notBlank("name", name);
        Require.atLeast("threads", 1, threads);
        Require.positive("patience", patience);
    }

    enum Policy {
        NEWEST_FIRST,
        OLDEST_FIRST
    }

    record Inner(
            @Setting(value = "1KiB", unit = "bytes", doc = "The largest.")
            int maxPacketSize) {
        Inner {
            Require.range("maxPacketSize", maxPacketSize, 10, 1_000_000);
        }
    }
}
