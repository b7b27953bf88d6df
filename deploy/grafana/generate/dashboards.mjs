// What each dashboard shows: the question that a panel answers stands in its description.

import { atLeast, atMost, bars, dashboard, lines, nodesOf, section, stat, states } from './panels.mjs';

const RATE = '[$__rate_interval]';
const rate = (metric) => `rate(${metric}${RATE})`;
const quantile = (q, metric, by = '') =>
  `histogram_quantile(${q}, sum by (${by ? `${by}, ` : ''}le) (${rate(`${metric}_bucket{node=~"$node"}`)}))`;
const here = '{node=~"$node"}';

const overview = dashboard({
  uid: 'overview',
  title: 'Overview',
  description: 'Is the cluster healthy, and where does it hurt?',
  sections: [
    section(
      'Is it healthy?',
      [
        4,
        stat({
          title: 'Alerts firing',
          description: 'docs/runbook.md tells what each means and what to do. Prometheus lists them under Alerts.',
          thresholds: atMost(1, 5),
          queries: { alerts: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
        }),
        stat({
          title: 'Gateways ready',
          description: 'Gateways that take clients and can write to Kafka.',
          thresholds: atLeast(1),
          queries: { gateways: 'sum(sluice_ready{role="gateway"})' },
        }),
        stat({
          title: 'Primary leaders',
          description: 'One is right. None: nobody is declared lost, and no topic is made.',
          thresholds: atLeast(1),
          queries: { primaries: 'sum(sluice_leader_primary)' },
        }),
        stat({
          title: 'Router stages running',
          description: 'Three are right: retained, match and queue, each on at least one router.',
          thresholds: atLeast(3),
          queries: { stages: 'sum(max by (stage) (sluice_router_state{state="running"}))' },
        }),
        stat({
          title: 'Last write to Kafka',
          description: 'How long ago the slowest gateway has last written to Kafka. From log.staleAfter (3 s) on it is not ready.',
          unit: 's',
          thresholds: atMost(2, 3),
          queries: { age: 'max(sluice_log_write_age_seconds)' },
        }),
        stat({
          title: 'Clients connected',
          description: 'At all gateways.',
          queries: { clients: 'sum(sluice_connections)' },
        }),
      ],
      [
        8,
        states({
          title: 'Which processes are ready?',
          description: '/ready of each process; its answer names the check that fails.',
          yes: 'ready',
          no: 'not ready',
          queries: { '{{node}}': 'max by (node) (sluice_ready)' },
        }),
        lines({
          title: 'Messages',
          description: 'Published to the cluster, and delivered to subscribers: one message for three subscribers is three deliveries.',
          unit: 'ops',
          queries: {
            published: `sum(${rate('sluice_publishes_total')})`,
            delivered: `sum(${rate('sluice_deliveries_total')})`,
          },
        }),
        lines({
          title: 'How fast are 99 of 100?',
          description: 'Append: until Kafka has the message on all in-sync replicas, which is when it is acknowledged. Delivery: from there to the subscriber’s socket.',
          unit: 's',
          queries: {
            append: `histogram_quantile(0.99, sum by (le) (${rate('sluice_append_seconds_bucket')}))`,
            delivery: `histogram_quantile(0.99, sum by (le) (${rate('sluice_delivery_seconds_bucket')}))`,
          },
        }),
      ],
    ),
    section(
      'Where does it hurt?',
      [
        8,
        lines({
          title: 'Messages that reached nobody',
          description: 'Dropped for a subscriber that does not keep up, dropped from the queue of a session, refused by the log. Expired ones are meant to.',
          unit: 'ops',
          stacked: true,
          queries: {
            'subscriber: {{reason}}': `sum by (reason) (${rate('sluice_drops_total')})`,
            'queue: {{reason}}': `sum by (reason) (${rate('sluice_queue_dropped_total')})`,
            'log: {{cause}}': `sum by (cause) (${rate('sluice_append_refusals_total')})`,
          },
        }),
        lines({
          title: 'How late are deliveries?',
          description: 'Age of what the tail of each gateway reads while there is more. It should be next to nothing.',
          unit: 's',
          queries: { '{{node}}': 'max by (node) (sluice_tail_lag_seconds)' },
        }),
        lines({
          title: 'How far are the routers behind?',
          description: 'About how old the oldest message is that a stage has not processed. Connected clients do not notice; resuming sessions does.',
          unit: 's',
          queries: { '{{stage}}': 'stage:sluice_router_lag:seconds' },
        }),
      ],
      [
        8,
        lines({
          title: 'Connections refused and ended',
          description: 'By reason. Many at once of one reason tell what is wrong.',
          unit: 'ops',
          stacked: true,
          queries: {
            'refused: {{reason}}': `sum by (reason) (${rate('sluice_connects_total{result="refused"}')}) or sum by (reason) (${rate('sluice_packets_refused_total')})`,
            'ended: {{reason}}': `sum by (reason) (${rate('sluice_disconnects_total')})`,
          },
        }),
        lines({
          title: 'Processor',
          description: 'Share of the machine that each process uses.',
          unit: 'percentunit',
          max: 1,
          queries: { '{{node}}': 'max by (node) (process_cpu_usage)' },
        }),
        lines({
          title: 'Heap that cannot be freed',
          description: 'Part of the heap that is in use after a collection; above 0.9 the process is about to fail.',
          unit: 'percentunit',
          max: 1,
          queries: { '{{node}}': 'node:jvm_heap_after_gc:ratio' },
        }),
      ],
      [
        6,
        lines({
          title: 'Messages lost to retention',
          description: 'Removed from the log before a tail, a group or a stage came to them. Never, if all is well.',
          queries: {
            tails: 'sum(sluice_tail_lost_records_total)',
            groups: 'sum(sluice_groups_lost_records_total)',
            routers: 'max(sum by (node) (sluice_router_lost_records_total))',
          },
        }),
        lines({
          title: 'Time to loss',
          description: 'About how long until retention removes something that a stage, or a group of shared subscriptions, has not come to.',
          unit: 's',
          queries: {
            'stage {{stage}}': 'stage:sluice_router_time_to_loss:seconds',
            groups: 'cluster:sluice_groups_time_to_loss:seconds',
          },
        }),
        lines({
          title: 'Warnings and errors in the logs',
          description: 'Lines per second.',
          unit: 'ops',
          queries: { '{{node}} {{level}}': `sum by (node, level) (${rate('logback_events_total{level=~"warn|error"}')})` },
        }),
      ],
    ),
  ],
});

const gateways = dashboard({
  uid: 'gateways',
  title: 'Gateways',
  description: 'Connections, traffic, latency, and what did not get through.',
  variables: [nodesOf('gateway')],
  sections: [
    section('Clients', [
      8,
      lines({
        title: 'Clients connected',
        description: 'Uneven counts come from the load balancer.',
        stacked: true,
        queries: { '{{node}}': `sluice_connections${here}` },
      }),
      lines({
        title: 'CONNECT answered',
        description: 'By result and reason; also those that were given up.',
        unit: 'ops',
        queries: { '{{result}} {{reason}}': `sum by (result, reason) (${rate(`sluice_connects_total${here}`)})` },
      }),
      lines({
        title: 'Connections ended',
        description: 'By reason: the client’s DISCONNECT, a broken connection, or the reason code that the gateway gave.',
        unit: 'ops',
        queries: { '{{reason}}': `sum by (reason) (${rate(`sluice_disconnects_total${here}`)})` },
      }),
      lines({
        title: 'How near is the limit?',
        description: 'Sockets of limits.connections, and file handles of the process.',
        unit: 'percentunit',
        max: 1,
        queries: {
          '{{node}} sockets': `sluice_sockets${here} / sluice_sockets_limit${here}`,
          '{{node}} files': 'process_files_open_files{role="gateway", node=~"$node"} / process_files_max_files{role="gateway", node=~"$node"}',
        },
      }),
    ]),
    section(
      'Traffic',
      [
        8,
        lines({
          title: 'PUBLISH received',
          description: 'From clients, by QoS.',
          unit: 'ops',
          stacked: true,
          queries: { 'QoS {{qos}}': `sum by (qos) (${rate(`sluice_publishes_total${here}`)})` },
        }),
        lines({
          title: 'PUBLISH sent',
          description: 'To subscribers, by QoS.',
          unit: 'ops',
          stacked: true,
          queries: { 'QoS {{qos}}': `sum by (qos) (${rate(`sluice_deliveries_total${here}`)})` },
        }),
        lines({
          title: 'Payload',
          description: 'Bytes of payloads received and sent.',
          unit: 'Bps',
          queries: {
            received: `sum(${rate(`sluice_publish_bytes_total${here}`)})`,
            sent: `sum(${rate(`sluice_delivery_bytes_total${here}`)})`,
          },
        }),
        lines({
          title: 'Who carries it?',
          description: 'Messages received and sent, by gateway.',
          unit: 'ops',
          queries: {
            '{{node}} in': `sum by (node) (${rate(`sluice_publishes_total${here}`)})`,
            '{{node}} out': `sum by (node) (${rate(`sluice_deliveries_total${here}`)})`,
          },
        }),
      ],
      [
        8,
        lines({
          title: 'Append: half, and 99 of 100',
          description: 'From handing a message to Kafka until it is on all in-sync replicas; then it is acknowledged.',
          unit: 's',
          log: true,
          min: undefined,
          queries: { p50: quantile(0.5, 'sluice_append_seconds'), p99: quantile(0.99, 'sluice_append_seconds') },
        }),
        lines({
          title: 'Delivery: half, and 99 of 100',
          description: 'From the append, by Kafka’s clock, to the write to the subscriber’s socket.',
          unit: 's',
          log: true,
          min: undefined,
          queries: { p50: quantile(0.5, 'sluice_delivery_seconds'), p99: quantile(0.99, 'sluice_delivery_seconds') },
        }),
        lines({
          title: 'The slowest',
          description: 'The longest append and delivery of the last minutes, by gateway.',
          unit: 's',
          queries: {
            '{{node}} append': `sluice_append_seconds_max${here}`,
            '{{node}} delivery': `sluice_delivery_seconds_max${here}`,
          },
        }),
        lines({
          title: 'On the way to Kafka',
          description: 'Bytes handed to Kafka and not confirmed. At limits.appendBytes publishers are not read from any more.',
          unit: 'bytes',
          queries: { '{{node}}': `sluice_appends_inflight_bytes${here}` },
        }),
      ],
    ),
    section(
      'What does not get through',
      [
        8,
        lines({
          title: 'Messages dropped',
          description: 'For subscribers, by reason: queue-full is one that reads too slowly.',
          unit: 'ops',
          stacked: true,
          queries: { '{{reason}}': `sum by (reason) (${rate(`sluice_drops_total${here}`)})` },
        }),
        lines({
          title: 'Publishes refused by the log',
          description: 'too-large is the client’s doing, not-authorized and invalid are the operator’s.',
          unit: 'ops',
          stacked: true,
          queries: { '{{cause}}': `sum by (cause) (${rate(`sluice_append_refusals_total${here}`)})` },
        }),
        lines({
          title: 'Packets refused',
          description: 'What clients sent against the rules, by the reason code that they were given.',
          unit: 'ops',
          stacked: true,
          queries: { '{{reason}}': `sum by (reason) (${rate(`sluice_packets_refused_total${here}`)})` },
        }),
      ],
      [
        8,
        lines({
          title: 'Waiting for slow subscribers',
          description: 'Messages in the queues of clients that do not read as fast as messages come.',
          queries: { '{{node}}': `sluice_queued_messages${here}` },
        }),
        lines({
          title: 'What these take',
          description: 'Bounded by limits.allQueuesBytes.',
          unit: 'bytes',
          queries: {
            '{{node}} queued': `sluice_queued_bytes${here}`,
            '{{node}} unfinished packets': `sluice_unfinished_bytes${here}`,
          },
        }),
        lines({
          title: 'Sent and not acknowledged',
          description: 'QoS 1 and 2 messages that clients have to acknowledge.',
          queries: { '{{node}}': `sluice_inflight_messages${here}` },
        }),
      ],
    ),
    section('The tail, and what it costs', [
      8,
      lines({
        title: 'Tail lag',
        description: 'Records of the log that a gateway has not read. Every gateway reads the whole log.',
        queries: { '{{node}}': `sluice_tail_lag_records${here}` },
      }),
      lines({
        title: 'Event loops',
        description: 'Processor time of each event loop; at 1 it can do no more.',
        unit: 'percentunit',
        max: 1,
        queries: { '{{node}} loop {{loop}}': `sluice_event_loop_utilisation_ratio${here}` },
      }),
      lines({
        title: 'Subscriptions and retained messages',
        description: 'Subscriptions of connected clients; retained messages are the same on every gateway.',
        queries: {
          '{{node}} subscriptions': `sluice_subscriptions${here}`,
          '{{node}} retained': `sluice_retained_messages${here}`,
        },
      }),
      lines({
        title: 'Memory',
        description: 'Retained messages on the heap, and buffers of sockets outside of it.',
        unit: 'bytes',
        queries: { '{{node}} retained': `sluice_retained_bytes${here}`, '{{node}} buffers': `sluice_buffer_bytes${here}` },
      }),
    ]),
    section('Shared subscriptions', [
      8,
      lines({
        title: 'How far are groups behind?',
        description: 'Records of the log that groups have not come to, because their members have no room; and groups that will soon lose messages.',
        queries: {
          '{{node}}': `sluice_groups_behind_records${here}`,
          '{{node}} groups endangered': `sluice_groups_endangered${here}`,
        },
      }),
      lines({
        title: 'How old is what waits?',
        description: 'Age of the oldest message that waits for a member; as old as the log’s retention is lost.',
        unit: 's',
        queries: { '{{node}}': `sluice_groups_oldest_seconds${here}` },
      }),
      lines({
        title: 'Groups and their lanes',
        description: 'Groups with members at a gateway, and partitions that it serves for them.',
        queries: { '{{node}} groups': `sluice_groups${here}`, '{{node}} partitions': `sluice_groups_partitions${here}` },
      }),
      lines({
        title: 'With the members',
        description: 'Messages read ahead, QoS 1 messages that members have not acknowledged, and commands that Kafka has not taken.',
        queries: {
          '{{node}} waiting': `sluice_groups_waiting_messages${here}`,
          '{{node}} given': `sluice_groups_given_messages${here}`,
          '{{node}} commands unwritten': `sluice_groups_unwritten_commands${here}`,
        },
      }),
    ]),
  ],
});

const router = dashboard({
  uid: 'router',
  title: 'Router and queues',
  description: 'Do the stages keep up, what is queued for whom, and how long until something is lost?',
  variables: [nodesOf('router')],
  sections: [
    section(
      'Do the stages keep up?',
      [
        7,
        states({
          title: 'Stages running',
          description: 'A stage needs to run on one router; the others share its work.',
          yes: 'running',
          no: 'not running',
          queries: { '{{node}} {{stage}}': `sluice_router_state{state="running", node=~"$node"}` },
        }),
        lines({
          title: 'Lag',
          description: 'Records that are not processed and committed, by stage and topic. The same on all routers.',
          queries: { '{{stage}} {{topic}}': 'stage:sluice_router_lag:records' },
        }),
        lines({
          title: 'Age',
          description: 'About how old the oldest message is that a stage has not processed, as messages come now.',
          unit: 's',
          queries: { '{{stage}}': 'stage:sluice_router_lag:seconds' },
        }),
        lines({
          title: 'Time to loss',
          description: 'About how long until retention removes something that a stage has not processed.',
          unit: 's',
          queries: { '{{stage}}': 'stage:sluice_router_time_to_loss:seconds' },
        }),
      ],
      [
        7,
        lines({
          title: 'Rebalances in an hour',
          description: 'How often the tasks of a router were given out anew. After a router came or went it settles.',
          queries: {
            '{{client_id}}': 'increase(kafka_consumer_coordinator_rebalance_total{role="router", node=~"$node"}[1h])',
          },
        }),
        lines({
          title: 'Records processed',
          description: 'By each stream thread.',
          unit: 'ops',
          queries: { '{{thread_id}}': rate(`kafka_stream_thread_process_total${here}`) },
        }),
        lines({
          title: 'What threads do',
          description: 'Share of time that a thread spends processing and committing; what is left it waits.',
          unit: 'percentunit',
          max: 1,
          queries: {
            '{{thread_id}} process': `kafka_stream_thread_process_ratio${here}`,
            '{{thread_id}} commit': `kafka_stream_thread_commit_ratio${here}`,
          },
        }),
        lines({
          title: 'Disk',
          description: 'Free part of the disk that holds the state.',
          unit: 'percentunit',
          max: 1,
          queries: { '{{node}}': `min by (node) (disk_free_bytes${here} / disk_total_bytes${here})` },
        }),
      ],
    ),
    section(
      'What is queued?',
      [
        8,
        lines({
          title: 'Messages queued',
          description: 'For all durable sessions.',
          stacked: true,
          queries: { '{{node}}': `sluice_queue_messages${here}` },
        }),
        lines({
          title: 'On disk',
          description: 'What these take, about.',
          unit: 'bytes',
          stacked: true,
          queries: { '{{node}}': `sluice_queue_bytes${here}` },
        }),
        lines({
          title: 'How many sessions are behind?',
          description: 'Durable sessions that have at least so many messages queued.',
          queries: { 'at least {{messages}}': `sum by (messages) (sluice_queue_sessions${here})` },
        }),
      ],
      [
        8,
        bars({
          title: 'Who is farthest behind?',
          description: 'Messages queued for the sessions that are farthest behind, by client id.',
          queries: { '{{client}}': `topk(10, sluice_session_lag_messages${here})` },
        }),
        bars({
          title: 'And since when?',
          description: 'Age of the oldest message that is queued for these.',
          unit: 's',
          queries: { '{{client}}': `topk(10, sluice_session_lag_seconds${here})` },
        }),
        lines({
          title: 'Dropped from queues',
          description: 'By the limit that was reached; expired ones are meant to.',
          unit: 'ops',
          stacked: true,
          queries: { '{{reason}}': `sum by (reason) (${rate(`sluice_queue_dropped_total${here}`)})` },
        }),
      ],
    ),
    section(
      'What the stages do',
      [
        8,
        lines({
          title: 'Match',
          description: 'Messages matched against durable filters, and sessions found for them.',
          unit: 'ops',
          queries: {
            messages: `sum(${rate(`sluice_match_messages_total${here}`)})`,
            matches: `sum(${rate(`sluice_match_matches_total${here}`)})`,
            'read again': `sum(${rate(`sluice_match_looked_back_records_total${here}`)})`,
          },
        }),
        lines({
          title: 'Queue: records',
          description: 'Read and written by the queue stage, by topic.',
          unit: 'ops',
          queries: {
            '{{direction}} {{topic}}': `sum by (direction, topic) (${rate(`sluice_queue_records_total${here}`)})`,
          },
        }),
        lines({
          title: 'Queue: answers and what was passed over',
          description: 'Pages for sessions that are resumed; matches that led to no entry, by reason.',
          unit: 'ops',
          queries: {
            pages: `sum(${rate(`sluice_queue_pages_total${here}`)})`,
            '{{reason}}': `sum by (reason) (${rate(`sluice_queue_passed_over_total${here}`)})`,
          },
        }),
        lines({
          title: 'Retained messages written',
          description: 'rewrite: a writer found something older written over something newer.',
          unit: 'ops',
          queries: { '{{kind}}': `sum by (kind) (${rate(`sluice_retained_writes_total${here}`)})` },
        }),
      ],
      [
        7,
        lines({
          title: 'Clients and groups',
          description: 'Clients with a session or a connection, and groups of shared subscriptions, that the queue stage knows.',
          queries: { clients: `sum(sluice_queue_clients${here})`, groups: `sum(sluice_queue_groups${here})` },
        }),
        lines({
          title: 'Wills',
          description: 'Handed on to the log; and due at gateways but not confirmed by the log.',
          queries: {
            'handed on per second': `sum(${rate(`sluice_match_wills_total${here}`)})`,
            'underway at gateways': 'sum(sluice_wills_underway)',
            'seconds that the oldest waits': 'max(sluice_wills_oldest_seconds)',
          },
        }),
        lines({
          title: 'What should not be',
          description: 'Dead letters, records that Kafka refused, damaged state, threads that died, commands that came too late: since the start.',
          queries: {
            'dead letters': `sum(sluice_dead_letters_total${here})`,
            unwritable: `sum(sluice_router_unwritable_records_total${here})`,
            'damaged state': `sum(sluice_router_state_damaged_total${here})`,
            'threads died': `sum(sluice_router_thread_failures_total${here})`,
            'look backs': `sum(sluice_match_look_backs_total${here})`,
            'late group commands': `sum(sluice_queue_group_refusals_total${here})`,
          },
        }),
      ],
    ),
  ],
});

const kafka = dashboard({
  uid: 'kafka',
  title: 'Kafka',
  description: 'Kafka as the processes of Sluice see it. Brokers have metrics of their own, which are not shown here.',
  variables: [nodesOf('.+')],
  sections: [
    section(
      'Writing',
      [
        8,
        lines({
          title: 'Last confirmed write',
          description: 'Age of the last heartbeat that Kafka has confirmed. Rising lines mean that Kafka takes no writes.',
          unit: 's',
          queries: { '{{node}}': `sluice_log_write_age_seconds${here}` },
        }),
        lines({
          title: 'How long does a write take?',
          description: 'Latency of produce requests, the average and the longest of half a minute.',
          unit: 'ms',
          queries: {
            '{{client_id}} {{node}} average': `kafka_producer_request_latency_avg${here}`,
            '{{client_id}} {{node}} longest': `kafka_producer_request_latency_max${here}`,
          },
        }),
        lines({
          title: 'Records written',
          description: 'By each producer.',
          unit: 'ops',
          queries: { '{{client_id}} {{node}}': rate(`kafka_producer_record_send_total${here}`) },
        }),
      ],
      [
        8,
        lines({
          title: 'Retries and errors',
          description: 'Records that were sent again, or given up.',
          unit: 'ops',
          queries: {
            '{{node}} retries': `sum by (node) (${rate(`kafka_producer_record_retry_total${here}`)})`,
            '{{node}} errors': `sum by (node) (${rate(`kafka_producer_record_error_total${here}`)})`,
          },
        }),
        lines({
          title: 'Throttled',
          description: 'How long brokers hold back answers because of quotas.',
          unit: 'ms',
          queries: {
            '{{node}} producers': `max by (node) (kafka_producer_produce_throttle_time_max${here})`,
            '{{node}} consumers': `max by (node) (kafka_consumer_fetch_manager_fetch_throttle_time_max${here})`,
          },
        }),
        lines({
          title: 'Bytes out and in',
          description: 'From and to producers and consumers.',
          unit: 'Bps',
          queries: {
            '{{node}} to Kafka': `sum by (node) (${rate(`kafka_producer_outgoing_byte_total${here}`)})`,
            '{{node}} from Kafka': `sum by (node) (${rate(`kafka_consumer_incoming_byte_total${here}`)})`,
          },
        }),
      ],
    ),
    section(
      'Reading',
      [
        8,
        lines({
          title: 'How long does a read take?',
          description: 'Latency of fetch requests. A consumer for which there is nothing waits for as long as it is told to (log.fetchMaxWait).',
          unit: 'ms',
          queries: { '{{client_id}} {{node}}': `kafka_consumer_fetch_manager_fetch_latency_avg${here}` },
        }),
        lines({
          title: 'Records read',
          description: 'By each consumer.',
          unit: 'ops',
          queries: { '{{client_id}} {{node}}': `sum by (client_id, node) (${rate(`kafka_consumer_fetch_manager_records_consumed_total${here}`)})` },
        }),
        lines({
          title: 'Lag of consumers',
          description: 'The farthest behind of each consumer’s partitions, in records.',
          queries: { '{{client_id}} {{node}}': `max by (client_id, node) (kafka_consumer_fetch_manager_records_lag_max${here})` },
        }),
      ],
      [
        6,
        bars({
          title: 'Retention',
          description: 'How long Kafka keeps the records of each topic.',
          unit: 's',
          queries: { '{{topic}}': 'max by (topic) (sluice_topic_retention_seconds)' },
        }),
        lines({
          title: 'Connections to brokers',
          description: 'Open ones, of all clients of a process.',
          queries: {
            '{{node}}': `sum by (node) (kafka_admin_client_connection_count${here})`,
            '{{node}} producers': `sum by (node) (kafka_producer_connection_count${here})`,
            '{{node}} consumers': `sum by (node) (kafka_consumer_connection_count${here})`,
          },
        }),
        stat({
          title: 'Topics as they should be',
          description: 'What the primary leader found; /ha/cluster tells what differs.',
          thresholds: atLeast(1),
          mappings: [{ type: 'value', options: { 0: { text: 'no' }, 1: { text: 'yes' } } }],
          queries: { topics: 'max(sluice_topics_provisioned)' },
        }),
      ],
    ),
  ],
});

const leader = dashboard({
  uid: 'leader',
  title: 'Leader and membership',
  description: 'Who leads, who belongs to the cluster, and who was lost.',
  sections: [
    section(
      'Leadership',
      [
        7,
        states({
          title: 'Who is primary?',
          description: 'One of the candidates, at any time.',
          yes: 'primary',
          no: 'standby',
          queries: { '{{node}}': 'sluice_leader_primary' },
        }),
        lines({
          title: 'Elections won',
          description: 'Since each candidate’s start. Many mean that leaders lose ZooKeeper.',
          queries: { '{{node}}': 'sluice_leader_elections_total' },
        }),
        stat({
          title: 'Term',
          description: 'Of the primary; each is greater than the one before.',
          unit: 'none',
          queries: { term: 'max(sluice_leader_term)' },
        }),
        states({
          title: 'Who reaches ZooKeeper?',
          description: 'Serving goes on without it; joining and elections wait.',
          yes: 'connected',
          no: 'away',
          queries: { '{{node}}': 'sluice_zookeeper_connected' },
        }),
      ],
    ),
    section(
      'Members',
      [
        8,
        lines({
          title: 'Gateways by state',
          description: 'As the leaders see them in ZooKeeper.',
          stacked: true,
          queries: { '{{state}}': 'max by (state) (sluice_gateways)' },
        }),
        lines({
          title: 'Gateways declared lost',
          description: 'Since each leader’s start: gone from ZooKeeper, and no heartbeat in Kafka.',
          queries: { '{{node}}': 'sluice_gateways_lost_total' },
        }),
        lines({
          title: 'Clocks',
          description: 'How far each gateway’s clock is ahead of Kafka’s. From sessions.clockTolerance (2 s) on reconnects may be refused.',
          unit: 's',
          min: undefined,
          queries: { '{{node}}': 'sluice_clock_ahead_seconds' },
        }),
      ],
      [
        6,
        stat({
          title: 'Versions',
          description: 'How many processes run which version.',
          names: true,
          queries: { '{{version}}': 'count by (version) (sluice_build_info)' },
        }),
        lines({
          title: 'Damaged heartbeats',
          description: 'Put into mqtt.dead-letter.',
          queries: { '{{node}}': 'sluice_heartbeats_damaged_total' },
        }),
        lines({
          title: 'Up for',
          description: 'Since the start of each process.',
          unit: 's',
          queries: { '{{node}}': 'max by (node) (process_uptime_seconds)' },
        }),
      ],
    ),
  ],
});

const jvm = dashboard({
  uid: 'jvm',
  title: 'JVM',
  description: 'Memory, collections, threads and processor time of each process.',
  variables: [nodesOf('.+')],
  sections: [
    section(
      'Memory',
      [
        8,
        lines({
          title: 'Heap',
          description: 'In use, and the most that it may be.',
          unit: 'bytes',
          queries: {
            '{{node}} used': 'sum by (node) (jvm_memory_used_bytes{area="heap", node=~"$node"})',
            '{{node}} limit': 'sum by (node) (jvm_memory_max_bytes{area="heap", node=~"$node"} > 0)',
          },
        }),
        lines({
          title: 'Heap after a collection',
          description: 'Part that cannot be freed.',
          unit: 'percentunit',
          max: 1,
          queries: { '{{node}}': `max by (node) (jvm_memory_usage_after_gc{area="heap", node=~"$node"})` },
        }),
        lines({
          title: 'Outside of the heap',
          description: 'Classes and code, and buffers.',
          unit: 'bytes',
          queries: {
            '{{node}} classes and code': 'sum by (node) (jvm_memory_used_bytes{area="nonheap", node=~"$node"})',
            '{{node}} buffers': `sum by (node) (jvm_buffer_memory_used_bytes${here})`,
          },
        }),
      ],
    ),
    section(
      'Collections',
      [
        8,
        lines({
          title: 'Time spent',
          description: 'Share of processor time that goes into collections.',
          unit: 'percentunit',
          queries: { '{{node}}': `max by (node) (jvm_gc_overhead${here})` },
        }),
        lines({
          title: 'Longest pause',
          description: 'Of the last minutes. Messages wait for it.',
          unit: 's',
          queries: { '{{node}}': `max by (node) (jvm_gc_pause_seconds_max${here})` },
        }),
        lines({
          title: 'Allocated',
          description: 'What the program allocates on the heap.',
          unit: 'Bps',
          queries: { '{{node}}': `sum by (node) (${rate(`jvm_gc_memory_allocated_bytes_total${here}`)})` },
        }),
      ],
    ),
    section(
      'Process',
      [
        8,
        lines({
          title: 'Processor',
          description: 'Share of the machine: of the process, and of everything on it.',
          unit: 'percentunit',
          max: 1,
          queries: { '{{node}}': `process_cpu_usage${here}`, '{{node}} machine': `system_cpu_usage${here}` },
        }),
        lines({
          title: 'Threads',
          description: 'Live threads of the process.',
          queries: { '{{node}}': `jvm_threads_live_threads${here}` },
        }),
        lines({
          title: 'Open files',
          description: 'Sockets included.',
          queries: { '{{node}}': `process_files_open_files${here}`, '{{node}} limit': `process_files_max_files${here}` },
        }),
        lines({
          title: 'Log lines',
          description: 'Lines per second by level; docs/logs.md tells how to change levels.',
          unit: 'ops',
          queries: { '{{node}} {{level}}': `sum by (node, level) (${rate(`logback_events_total${here}`)})` },
        }),
      ],
    ),
  ],
});

/** All, by the name of their file. */
export const dashboards = { overview, gateways, router, kafka, leader, jvm };
