package io.sluice.kit.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one setting: a leaf component of a configuration record. A component that is a record itself is a section
 * and carries none. See {@link Configs} for the types that a setting may have and how they are written.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    /** The default, written as in a configuration file; empty for an empty text, list or map. */
    String value();

    /** What a number counts, such as {@code bytes}; empty if it needs none. */
    String unit() default "";

    /** One or two sentences for the operator. */
    String doc();
}
