package io.verstak.server.http.transport;

/** One header or trailer field: {@code name ":" value}, RFC 9112 section 5. */
final class FieldLine {
    private FieldLine() {}

    /**
     * Fails with {@link Refusal#MALFORMED} when the name is no token, the colon is missing, or the value holds a control character.
     *
     * @param to the index behind the line's last byte, its line end left out
     * @return the index of the colon
     */
    static int check(byte[] bytes, int from, int to) throws MalformedRequest {
        int colon = from;
        while (colon < to && Octets.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            throw MalformedRequest.because("field name");
        }
        for (int i = colon + 1; i < to; i++) {
            if (!Octets.isFieldValue(bytes[i])) {
                throw MalformedRequest.because("field value");
            }
        }
        return colon;
    }
}
