package io.verstak.server.http.transport;

/**
 * What the transport needs to know of a head that it lets through.
 *
 * @param contentLength the body's size, 0 without a body, {@link #CHUNKED} when the chunks tell
 * @param expectsContinue whether the client may hold the body back until it is told to continue
 */
record RequestHead(long contentLength, boolean expectsContinue) {
    static final long CHUNKED = -1;
}
