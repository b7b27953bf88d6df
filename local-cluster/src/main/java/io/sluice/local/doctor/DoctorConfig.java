package io.sluice.local.doctor;

import io.sluice.kit.config.KafkaConfig;
import io.sluice.kit.config.ZooKeeperConfig;

/** The two sections that the configuration files of all roles have in common. */
public record DoctorConfig(KafkaConfig kafka, ZooKeeperConfig zookeeper) {}
