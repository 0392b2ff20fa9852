package io.verstak.server.http.guard;

/**
 * The line before a chunk: its size in hex digits, and extensions, which are validated and ignored (RFC 9112 section
 * 7.1).
 */
final class ChunkSizeLine {
    /** Leading zeros included. More digits than a chunk needs are used to overflow integers elsewhere. */
    private static final int MAX_DIGITS = 8;

    private final byte[] line;
    private final int length;
    private int at;

    private ChunkSizeLine(byte[] line, int length) {
        this.line = line;
        this.length = length;
    }

    /**
     * Fails with {@link Refusal#MALFORMED} on anything but {@code 1*HEXDIG *( ";" name [ "=" value ] )} without blanks.
     *
     * @param length of the line in bytes, without its line end
     * @return the chunk's size in bytes, 0 for the last one, at most {@link Integer#MAX_VALUE}
     */
    static int parse(byte[] line, int length) throws MalformedRequest {
        ChunkSizeLine parser = new ChunkSizeLine(line, length);
        int size = parser.size();
        while (parser.at < length) {
            parser.extension();
        }
        return size;
    }

    private int size() throws MalformedRequest {
        long size = 0;
        while (at < length && at < MAX_DIGITS + 1) {
            int digit = hexDigit(line[at]);
            if (digit < 0) {
                break;
            }
            size = size * 16 + digit;
            at++;
        }
        if (at == 0 || at > MAX_DIGITS || size > Integer.MAX_VALUE) {
            throw MalformedRequest.because("chunk size");
        }
        return (int) size;
    }

    private void extension() throws MalformedRequest {
        if (line[at] != ';') {
            throw MalformedRequest.because("chunk size line");
        }
        at++;
        token();
        if (at < length && line[at] == '=') {
            at++;
            if (at < length && line[at] == '"') {
                quoted();
            } else {
                token();
            }
        }
    }

    private void token() throws MalformedRequest {
        int from = at;
        while (at < length && HttpChars.isToken(line[at])) {
            at++;
        }
        if (at == from) {
            throw MalformedRequest.because("chunk extension");
        }
    }

    /** Quoted strings without escapes, which implementations read differently. */
    private void quoted() throws MalformedRequest {
        at++;
        while (at < length && line[at] != '"') {
            if (line[at] == '\\' || !(HttpChars.isVisible(line[at]) || line[at] == HttpChars.SP)) {
                throw MalformedRequest.because("chunk extension");
            }
            at++;
        }
        if (at == length) {
            throw MalformedRequest.because("chunk extension");
        }
        at++;
    }

    private static int hexDigit(byte octet) {
        if (HttpChars.isDigit(octet)) {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
