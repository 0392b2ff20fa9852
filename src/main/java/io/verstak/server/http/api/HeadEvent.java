package io.verstak.server.http.api;

import io.verstak.server.http.guard.SharedBytes;

/** The event that reports a head, encoded for a stream. */
record HeadEvent(long head, SharedBytes chunk) {
    /** The latest event, shared by streams: those of a vault report the same head one after the other. */
    private static volatile HeadEvent latest = of(0);

    /** Returns the event, possibly created for another stream. */
    static HeadEvent shared(long head) {
        HeadEvent event = latest;
        if (event.head() != head) {
            event = of(head);
            latest = event;
        }
        return event;
    }

    private static HeadEvent of(long head) {
        return new HeadEvent(head, SharedBytes.chunk(text(head) + "\n"));
    }

    /** Without the empty line at the end. */
    static String text(long head) {
        return "event: head\nid: " + head + "\ndata: {\"server_sequence\":" + head + "}\n";
    }
}
