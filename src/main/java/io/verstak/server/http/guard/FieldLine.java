package io.verstak.server.http.guard;

/** One header or trailer field: {@code name ":" value}, RFC 9112 section 5. */
final class FieldLine {
    private FieldLine() {}

    /**
     * Fails with {@link Refusal#MALFORMED} if the name is not a token, the colon is missing, or the value contains a
     * control character.
     *
     * @param to the index after the line's last byte, without its line end
     * @return the index of the colon
     */
    static int check(byte[] bytes, int from, int to) throws MalformedRequest {
        int colon = from;
        while (colon < to && HttpChars.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            throw MalformedRequest.because("field name");
        }
        for (int i = colon + 1; i < to; i++) {
            if (!HttpChars.isFieldValue(bytes[i])) {
                throw MalformedRequest.because("field value");
            }
        }
        return colon;
    }
}
