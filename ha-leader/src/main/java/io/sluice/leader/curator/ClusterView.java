package io.sluice.leader.curator;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.kit.membership.GatewayNode;
import io.sluice.kit.membership.GatewayView;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.duty.TopicsReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster as ZooKeeper told last: a copy in memory, a moment behind, stale while ZooKeeper is away. Never blocks; any
 * thread.
 */
public final class ClusterView implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClusterView.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<Map<String, String>> INFO = new TypeReference<>() {};

    private final GatewayView gateways;
    private final CuratorCache leadership;
    private final CuratorCache routers;

    /**
     * Who is primary.
     *
     * @param id of the candidate
     * @param term the number of the latest term, which is the primary's as soon as it has begun; 0 before the first
     */
    public record Primary(String id, long term) {}

    /**
     * A router or a leader candidate.
     *
     * @param id unique in its role
     * @param info what it says of itself
     */
    public record Member(String id, Map<String, String> info) {}

    /** Begins to watch; the caller keeps and closes the client. */
    public ClusterView(CuratorFramework client) {
        gateways = new GatewayView(client);
        leadership = CuratorCache.build(client, ZooKeeperLayout.LEADERSHIP);
        leadership.start();
        routers = CuratorCache.build(client, ZooKeeperLayout.ROUTERS);
        routers.start();
    }

    /** The live gateways by slot. */
    public List<GatewayNode> gateways() {
        return gateways.gateways();
    }

    /** The leader candidates by id, the primary among them. */
    public List<Member> leaders() {
        return members(leadership, ZooKeeperLayout.LEADERS);
    }

    /** The routers by id. */
    public List<Member> routers() {
        return members(routers, ZooKeeperLayout.ROUTERS);
    }

    /** The candidate that is first in the election; empty while there is none. */
    public Optional<Primary> primary() {
        return below(leadership, ZooKeeperLayout.LATCH)
                .min(Comparator.comparing(ClusterView::sequence))
                .map(node -> new Primary(new String(node.getData(), StandardCharsets.UTF_8), term()));
    }

    private long term() {
        return leadership
                .get(ZooKeeperLayout.TERM)
                .map(node -> Terms.number(node.getData()))
                .orElse(0L);
    }

    /** What the primary, or the last one, found of Kafka's topics. */
    public TopicsReport topics() {
        Optional<ChildData> node = leadership.get(ZooKeeperLayout.TOPICS);
        if (node.isEmpty()) {
            return TopicsReport.UNKNOWN;
        }
        try {
            return ZooKeeperBoard.read(node.get().getData());
        } catch (IOException e) {
            log.atDebug().setCause(e).log("The report of the topics cannot be read; another build may have written it");
            return TopicsReport.UNKNOWN;
        }
    }

    private static List<Member> members(CuratorCache cache, String parent) {
        return below(cache, parent)
                .map(node -> new Member(name(node), info(node.getData())))
                .sorted(Comparator.comparing(Member::id))
                .toList();
    }

    private static Map<String, String> info(byte[] json) {
        try {
            return MAPPER.readValue(json, INFO);
        } catch (IOException e) {
            log.atDebug().setCause(e).log("A member's entry cannot be read; another build may have written it");
            return Map.of();
        }
    }

    private static Stream<ChildData> below(CuratorCache cache, String parent) {
        return cache.stream().filter(node -> node.getPath().startsWith(parent + "/"));
    }

    private static String name(ChildData node) {
        return node.getPath().substring(node.getPath().lastIndexOf('/') + 1);
    }

    /** ZooKeeper numbers the nodes of an election at the end of their names, ten digits each. */
    private static String sequence(ChildData node) {
        return node.getPath().substring(node.getPath().lastIndexOf('-') + 1);
    }

    /** Stops watching. */
    @Override
    public void close() {
        routers.close();
        leadership.close();
        gateways.close();
    }
}
