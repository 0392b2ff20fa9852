package io.verstak.server.http.content;

import java.util.List;

/**
 * The strong entity tag of immutable bytes, and its comparison with the conditions of a request (RFC 9110, sections
 * 8.8.3 and 13.1).
 *
 * @param text with its quotes
 */
record EntityTag(String text) {
    private static final String WEAK = "W/";

    static EntityTag of(String opaque) {
        return new EntityTag('"' + opaque + '"');
    }

    /** Evaluates {@code If-Match}: strong comparison. */
    boolean isStronglyIn(List<String> headers) {
        return tags(headers).stream().anyMatch(tag -> tag.equals("*") || tag.equals(text));
    }

    /** Evaluates {@code If-None-Match}: weak comparison. */
    boolean isWeaklyIn(List<String> headers) {
        return tags(headers).stream().anyMatch(tag -> tag.equals("*") || tag.equals(text) || tag.equals(WEAK + text));
    }

    /** Evaluates {@code If-Range}: a single tag; a date never matches, since none was sent. */
    boolean is(String header) {
        return header.strip().equals(text);
    }

    /** A tag of other bytes may hold a comma; torn at it, it still equals nothing of ours. */
    private static List<String> tags(List<String> headers) {
        return headers.stream()
                .flatMap(header -> List.of(header.split(",", -1)).stream())
                .map(String::strip)
                .toList();
    }
}
