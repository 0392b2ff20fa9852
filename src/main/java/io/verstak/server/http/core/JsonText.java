package io.verstak.server.http.core;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Rejects text that a JSON parser would accept: bytes that are not UTF-8, and escapes of lone surrogates. */
final class JsonText {
    private static final int PIECE_CHARS = 4096;

    private JsonText() {}

    static void requireUtf8(byte[] bytes) throws CharacterCodingException {
        // The parser would accept UTF-16 and UTF-32 as well; both have a NUL in one of their first two bytes.
        if (bytes.length > 1 && (bytes[0] == 0 || bytes[1] == 0)) {
            throw new CharacterCodingException();
        }
        // It would be skipped silently, though JSON never begins with it (RFC 8259, section 8.1).
        if (bytes.length > 2 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            throw new CharacterCodingException();
        }
        for (byte b : bytes) {
            if (b < 0) {
                decode(bytes);
                return;
            }
        }
    }

    /** Decodes in pieces: decoding a large body at once takes twice its size again. */
    private static void decode(byte[] bytes) throws CharacterCodingException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(PIECE_CHARS, bytes.length));
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            result = decoder.decode(in, out.clear(), true);
        }
        if (result.isError()) {
            result.throwException();
        }
    }

    /** Returns whether the text contains an escape of D800 to DFFF: rare enough to check each string only then. */
    static boolean mayEscapeSurrogates(byte[] bytes) {
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\\') {
                if (bytes[i + 1] == 'u' && (bytes[i + 2] | 0x20) == 'd' && bytes[i + 3] > '7') {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    static void requirePairedSurrogates(JsonParser parser) throws IOException {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            boolean text = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
            if (text && !StandardCharsets.UTF_8.newEncoder().canEncode(parser.getText())) {
                throw new ServerException(ErrorCode.INVALID_JSON);
            }
        }
    }
}
