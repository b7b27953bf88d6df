/**
 * Real servers inside this JVM: Kafka's own broker and ZooKeeper's own server, one node each, on the loopback interface
 * alone. The one-process cluster and the tests run on them; nothing here is a stand-in.
 */
package io.sluice.embedded;
