package io.verstak.server.http.core;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Rejects text that a JSON parser would accept: bytes that are not UTF-8, and escapes of lone surrogates. */
final class JsonText {
    private static final int PIECE_CHARS = 4096;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long LOWEST_BITS = 0x01_01_01_01_01_01_01_01L;
    private static final long HIGHEST_BITS = LOWEST_BITS << 7;
    private static final long BACKSLASHES = LOWEST_BITS * '\\';
    private static final long LETTERS_U = LOWEST_BITS * 'u';

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
        if (!isAscii(bytes)) {
            decode(bytes);
        }
    }

    private static boolean isAscii(byte[] bytes) {
        int at = 0;
        for (; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            if ((word(bytes, at) & HIGHEST_BITS) != 0) {
                return false;
            }
        }
        for (; at < bytes.length; at++) {
            if (bytes[at] < 0) {
                return false;
            }
        }
        return true;
    }

    private static long word(byte[] bytes, int at) {
        return (long) WORDS.get(bytes, at);
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

    /**
     * Returns whether the text contains what looks like an escape of D800 to DFFF: rare enough to check each string only then. A
     * backslash may be one that is escaped itself. Looks at eight bytes at a time: a long push is all text.
     */
    static boolean mayEscapeSurrogates(byte[] bytes) {
        int at = 0;
        for (; at + Long.BYTES < bytes.length; at += Long.BYTES) {
            // A byte of zero where a backslash is followed by a u.
            long other = (word(bytes, at) ^ BACKSLASHES) | (word(bytes, at + 1) ^ LETTERS_U);
            boolean escape = ((other - LOWEST_BITS) & ~other & HIGHEST_BITS) != 0;
            if (escape && mayEscapeSurrogates(bytes, at, at + Long.BYTES)) {
                return true;
            }
        }
        return mayEscapeSurrogates(bytes, at, bytes.length);
    }

    private static boolean mayEscapeSurrogates(byte[] bytes, int from, int to) {
        for (int i = from; i < to && i + 3 < bytes.length; i++) {
            if (bytes[i] == '\\' && bytes[i + 1] == 'u' && (bytes[i + 2] | 0x20) == 'd' && bytes[i + 3] > '7') {
                return true;
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
