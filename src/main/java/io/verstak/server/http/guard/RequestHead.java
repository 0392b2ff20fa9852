package io.verstak.server.http.guard;

/**
 * The properties of an accepted head that the transport needs.
 *
 * @param contentLength the body's size in bytes, 0 without a body, {@link #CHUNKED} for a chunked body
 * @param expectsContinue whether the client may hold the body back until 100 Continue
 */
record RequestHead(long contentLength, boolean expectsContinue) {
    static final long CHUNKED = -1;
}
