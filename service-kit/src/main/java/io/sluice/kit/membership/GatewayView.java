package io.sluice.kit.membership;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All live gateways as ZooKeeper told last: a copy in memory, a moment behind, and stale while ZooKeeper is away. Only
 * Curator's one event thread changes it.
 */
public final class GatewayView implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GatewayView.class);
    private static final String SLOT = ZooKeeperLayout.SLOTS + "/";
    private static final String INCARNATION = ZooKeeperLayout.INCARNATIONS + "/";

    private final CuratorCache cache;
    private final Map<String, String> incarnationBySlotPath = new TreeMap<>();
    private final Map<String, Incarnation> incarnations = new HashMap<>();
    private volatile List<GatewayNode> gateways = List.of();

    /** Begins to watch; the caller keeps and closes the client. */
    public GatewayView(CuratorFramework client) {
        cache = CuratorCache.build(client, ZooKeeperLayout.GATEWAYS);
        cache.listenable()
                .addListener(
                        CuratorCacheListener.builder().forAll(this::changed).build());
        cache.start();
    }

    /** The live gateways by slot. Never blocks; any thread. */
    public List<GatewayNode> gateways() {
        return gateways;
    }

    private void changed(CuratorCacheListener.Type type, ChildData before, ChildData now) {
        String path = now != null ? now.getPath() : before.getPath();
        byte[] content = type == CuratorCacheListener.Type.NODE_DELETED ? null : now.getData();
        if (path.startsWith(SLOT)) {
            if (content == null) {
                incarnationBySlotPath.remove(path);
            } else {
                incarnationBySlotPath.put(path, new String(content, StandardCharsets.UTF_8));
            }
        } else if (path.startsWith(INCARNATION)) {
            String id = path.substring(INCARNATION.length());
            Incarnation incarnation = content == null ? null : decode(id, content);
            if (incarnation == null) {
                incarnations.remove(id);
            } else {
                incarnations.put(id, incarnation);
            }
        } else {
            return;
        }
        gateways = join();
    }

    /** A slot without its incarnation, or the other way round, is a gateway that comes or goes. */
    private List<GatewayNode> join() {
        return incarnationBySlotPath.entrySet().stream()
                .filter(entry -> {
                    Incarnation incarnation = incarnations.get(entry.getValue());
                    return incarnation != null
                            && ZooKeeperLayout.slot(incarnation.slot()).equals(entry.getKey());
                })
                .map(entry -> {
                    Incarnation incarnation = incarnations.get(entry.getValue());
                    return new GatewayNode(
                            incarnation.slot(), entry.getValue(), incarnation.info(), incarnation.status());
                })
                .sorted(Comparator.comparingInt(GatewayNode::slot))
                .toList();
    }

    private static Incarnation decode(String id, byte[] content) {
        try {
            return Incarnation.fromJson(content);
        } catch (IOException e) {
            log.atWarn().addKeyValue("incarnation", id).setCause(e).log("The node of a gateway is damaged; left out");
            return null;
        }
    }

    /** Stops watching. */
    @Override
    public void close() {
        cache.close();
    }
}
