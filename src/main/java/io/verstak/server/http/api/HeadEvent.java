package io.verstak.server.http.api;

import io.verstak.server.http.transport.SharedChunk;

/** The event that tells a head, as it stands in a stream. */
record HeadEvent(long head, SharedChunk chunk) {
    /** One for all streams: those of a vault are told the same head one after the other. */
    private static volatile HeadEvent latest = of(0);

    /** May have been made for another stream before. */
    static HeadEvent shared(long head) {
        HeadEvent event = latest;
        if (event.head() != head) {
            event = of(head);
            latest = event;
        }
        return event;
    }

    private static HeadEvent of(long head) {
        return new HeadEvent(head, new SharedChunk(text(head) + "\n"));
    }

    /** Without the empty line that ends it. */
    static String text(long head) {
        return "event: head\nid: " + head + "\ndata: {\"server_sequence\":" + head + "}\n";
    }
}
