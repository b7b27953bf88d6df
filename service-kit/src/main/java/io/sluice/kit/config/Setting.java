package io.sluice.kit.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes one setting: a leaf component of a configuration record. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    /** The default, written as in a configuration file. */
    String value();

    /** What a number counts, such as {@code bytes}; empty if it needs none. */
    String unit() default "";

    /** One or two sentences for the operator. */
    String doc();
}
