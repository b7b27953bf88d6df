package io.sluice.gateway;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The numbered statements of the specification that a test checks: {@code MQTT-3.1.0-2} of version 5.0,
 * {@code MQTT311-3.1.0-2} of version 3.1.1. Tests of the gateway's parts and tests of whole clusters name them alike;
 * docs/conformance.md is made from these names.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Normative {

    /** The statements' numbers. */
    String[] value();
}
