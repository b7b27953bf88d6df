package io.sluice.kit.http;

/**
 * One thing that health depends on.
 *
 * @param name of the thing, such as {@code kafka}
 * @param ok whether it is as it should be
 * @param detail for a human, such as {@code last write confirmed 12 ms ago}
 */
public record Check(String name, boolean ok, String detail) {}
