package io.sluice.it.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The properties of a packet in the order in which they stand in it. Changes give a new object. */
public final class Properties {

    /** No property. */
    public static final Properties NONE = new Properties(List.of());

    private final List<Entry> entries;

    Properties(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * A property and its value.
     *
     * @param value a Long, a String, a byte[], or a Map.Entry of strings, as the property's type asks for
     */
    record Entry(Property property, Object value) {}

    /** These and a number. */
    public Properties with(Property property, long value) {
        return and(new Entry(property, value));
    }

    /** These and a string. */
    public Properties with(Property property, String value) {
        return and(new Entry(property, value));
    }

    /** These and binary data. */
    public Properties with(Property property, byte[] value) {
        return and(new Entry(property, value));
    }

    /** These and a user property. */
    public Properties withUser(String name, String value) {
        return and(new Entry(Property.USER_PROPERTY, Map.entry(name, value)));
    }

    private Properties and(Entry entry) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(entry);
        return new Properties(more);
    }

    /** Whether the property is there. */
    public boolean has(Property property) {
        return entries.stream().anyMatch(entry -> entry.property() == property);
    }

    /** The number that a property holds, or null if it is absent. */
    public Long number(Property property) {
        return (Long) first(property);
    }

    /** The number that a property holds, or what stands for an absent one. */
    public long number(Property property, long ifAbsent) {
        Long value = number(property);
        return value == null ? ifAbsent : value;
    }

    /** The string that a property holds, or null if it is absent. */
    public String text(Property property) {
        return (String) first(property);
    }

    /** The binary data that a property holds, or null if it is absent. */
    public byte[] bytes(Property property) {
        return (byte[]) first(property);
    }

    /** All subscription identifiers, in order. */
    public List<Long> subscriptionIdentifiers() {
        return entries.stream()
                .filter(entry -> entry.property() == Property.SUBSCRIPTION_IDENTIFIER)
                .map(entry -> (Long) entry.value())
                .toList();
    }

    /** All user properties as {@code name=value}, in order. */
    public List<String> userProperties() {
        return entries.stream()
                .filter(entry -> entry.property() == Property.USER_PROPERTY)
                .map(entry -> (Map.Entry<?, ?>) entry.value())
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .toList();
    }

    private Object first(Property property) {
        return entries.stream()
                .filter(entry -> entry.property() == property)
                .map(Entry::value)
                .findFirst()
                .orElse(null);
    }

    /** The property length and the properties, as they stand in a packet. */
    public byte[] toBytes() {
        Bytes bytes = new Bytes();
        for (Entry entry : entries) {
            bytes.u8(entry.property().id());
            Object value = entry.value();
            switch (entry.property().type()) {
                case BYTE -> bytes.u8(((Long) value).intValue());
                case TWO_BYTES -> bytes.u16(((Long) value).intValue());
                case FOUR_BYTES -> bytes.u32((Long) value);
                case VARIABLE -> bytes.varint((Long) value);
                case STRING -> bytes.string((String) value);
                case BINARY -> bytes.binary((byte[]) value);
                case STRING_PAIR -> {
                    Map.Entry<?, ?> pair = (Map.Entry<?, ?>) value;
                    bytes.string(pair.getKey().toString())
                            .string(pair.getValue().toString());
                }
            }
        }
        byte[] encoded = bytes.toArray();
        return new Bytes().varint(encoded.length).raw(encoded).toArray();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
