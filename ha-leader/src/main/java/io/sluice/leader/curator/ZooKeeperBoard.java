package io.sluice.leader.curator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.kit.membership.ZooKeeperLayout;
import io.sluice.leader.Term;
import io.sluice.leader.duty.TopicProvisioning;
import io.sluice.leader.duty.TopicsReport;
import java.io.IOException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;

/** Shows in ZooKeeper what the primary found of Kafka's topics, so that every candidate can tell it. Thread-safe. */
public final class ZooKeeperBoard implements TopicProvisioning.Board {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final CuratorFramework client;

    /** @param client kept and closed by the caller */
    public ZooKeeperBoard(CuratorFramework client) {
        this.client = client;
    }

    @Override
    public void show(Term term, TopicsReport report) throws Exception {
        byte[] json = write(report);
        try {
            Fenced.commit(client, term, client.transactionOp().setData().forPath(ZooKeeperLayout.TOPICS, json));
        } catch (KeeperException.NoNodeException e) {
            Fenced.commit(client, term, client.transactionOp().create().forPath(ZooKeeperLayout.TOPICS, json));
        }
    }

    private static byte[] write(TopicsReport report) throws JsonProcessingException {
        return MAPPER.writeValueAsBytes(report);
    }

    /** Reads what was shown. */
    static TopicsReport read(byte[] json) throws IOException {
        return MAPPER.readValue(json, TopicsReport.class);
    }
}
