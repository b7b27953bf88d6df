package io.sluice.router.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * Bounds the memory and the disk of a state store: there is one for each partition, and retained messages are read one at a time. Kafka
 * Streams makes an object of this class for each store.
 */
public final class SmallRocksDb implements RocksDBConfigSetter {

    private static final long BLOCK_CACHE_BYTES = 4 << 20;
    private static final long WRITE_BUFFER_BYTES = 4 << 20;
    private static final int WRITE_BUFFERS = 2;
    /** What each store has of the disk for the list of its files, however short that is; 4 MiB by default. */
    private static final long MANIFEST_BYTES = 64 << 10;

    private LRUCache cache;

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        cache = new LRUCache(BLOCK_CACHE_BYTES);
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig tables) {
            tables.setBlockCache(cache);
            options.setTableFormatConfig(tables);
        }
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(WRITE_BUFFERS);
        options.setManifestPreallocationSize(MANIFEST_BYTES);
    }

    @Override
    public void close(String storeName, Options options) {
        cache.close();
    }
}
