package io.sluice.it.conformance;

import io.sluice.it.probe.Version;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that is run with 3.1.1 and 5.0; version 3.1 has no such rule. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ParameterizedTest
@EnumSource(
        value = Version.class,
        names = {"MQTT_3_1_1", "MQTT_5"})
@interface From311 {}
