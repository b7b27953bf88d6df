package io.sluice.gateway;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the statements of the specification that a test checks, such as {@code MQTT-3.1.0-2}. Numbers are those of MQTT
 * 5.0; those of 3.1.1 are written {@code MQTT-3.1.2-22 of 3.1.1}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Normative {

    /** One or more statements. */
    String[] value();
}
