package io.verstak.server.http.multipart;

import io.netty.buffer.ByteBuf;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes a multipart body piece by piece and gives the bytes of its one file as they come, without copying them: only the
 * part's head, and what may be the beginning of the closing boundary, is kept. Anything else than one file between two
 * boundaries is refused with {@code INVALID_MULTIPART}, preamble and epilogue included.
 */
final class FilePartReader {
    private static final int MAX_HEAD = 8 << 10;
    private static final String CLOSE = "--";
    private static final int HEAD_END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';
    private static final int HEAD_END_LENGTH = 4;

    private final Consumer<Buffer> file;
    private final String opening;
    /** CR LF, two hyphens and the boundary. CR stands at its beginning only, which makes the search a simple one. */
    private final byte[] delimiter;

    private final DelimiterSearch search;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private int lastFour;
    private final StringBuilder tail = new StringBuilder(4);
    private State state = State.HEAD;
    /** How many bytes of the delimiter the last piece ended with. */
    private int matched;

    private enum State {
        HEAD,
        FILE,
        TAIL
    }

    /** @param file gets the pieces of the file, in order */
    FilePartReader(byte[] boundary, Consumer<Buffer> file) {
        this.file = file;
        this.opening = CLOSE + new String(boundary, StandardCharsets.US_ASCII);
        this.delimiter = ("\r\n" + opening).getBytes(StandardCharsets.US_ASCII);
        this.search = new DelimiterSearch(delimiter);
    }

    /** Reads the next piece of the body. */
    void read(Buffer piece) {
        ByteBuf bytes = ((BufferInternal) piece).getByteBuf();
        int at = 0;
        if (state == State.HEAD) {
            at = readHead(bytes);
        }
        if (state == State.FILE) {
            at = readFile(piece, bytes, at);
        }
        if (state == State.TAIL) {
            readTail(bytes, at);
        }
    }

    /** The body has ended. */
    void end() {
        require(state == State.TAIL
                && (tail.toString().equals(CLOSE) || tail.toString().equals("--\r\n")));
    }

    /** @return where the file begins, or the end of the piece */
    private int readHead(ByteBuf bytes) {
        for (int at = 0; at < bytes.readableBytes(); at++) {
            byte next = bytes.getByte(at);
            head.write(next);
            lastFour = (lastFour << Byte.SIZE) | (next & 0xff);
            if (lastFour == HEAD_END) {
                endHead();
                return at + 1;
            }
            require(head.size() < MAX_HEAD);
        }
        return bytes.readableBytes();
    }

    private void endHead() {
        String text = head.toString(StandardCharsets.UTF_8);
        int from = opening.length() + 2;
        int to = text.length() - HEAD_END_LENGTH;
        require(from < to && text.startsWith(opening + "\r\n"));
        PartHead.requireFile(text.substring(from, to));
        state = State.FILE;
    }

    /** @return where the tail begins, or the end of the piece */
    private int readFile(Buffer piece, ByteBuf bytes, int from) {
        int to = bytes.readableBytes();
        int at = matched > 0 ? resumeMatch(bytes, from) : from;
        int start = at;
        if (state == State.FILE && matched == 0) {
            int found = search.find(bytes, at, to);
            if (found >= 0) {
                give(piece, start, found);
                settle(delimiter.length);
                return found + delimiter.length;
            }
            at = matchAtEnd(bytes, Math.max(at, to - delimiter.length + 1), to);
            give(piece, start, to - matched);
        }
        return at;
    }

    /** A delimiter may begin in the last bytes of a piece and end in the next one. */
    private int matchAtEnd(ByteBuf bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int carriageReturn = bytes.indexOf(at, to, (byte) '\r');
            if (carriageReturn < 0) {
                return to;
            }
            int length = matchLength(bytes, carriageReturn, 0);
            at = carriageReturn + length;
            if (at == to) {
                settle(length);
            }
        }
        return to;
    }

    /** Goes on where the last piece stopped; if it was not the delimiter, those bytes belong to the file. */
    private int resumeMatch(ByteBuf bytes, int from) {
        int length = matchLength(bytes, from, matched);
        int at = from + length - matched;
        if (length == delimiter.length || at == bytes.readableBytes()) {
            settle(length);
            return at;
        }
        file.accept(Buffer.buffer(matched).appendBytes(delimiter, 0, matched));
        matched = 0;
        return from;
    }

    /** How much of the delimiter is matched at a position, given that some of it is already. */
    private int matchLength(ByteBuf bytes, int from, int known) {
        int length = known;
        int to = bytes.readableBytes();
        while (length < delimiter.length
                && from + length - known < to
                && bytes.getByte(from + length - known) == delimiter[length]) {
            length++;
        }
        return length;
    }

    private void settle(int length) {
        matched = length;
        if (length == delimiter.length) {
            state = State.TAIL;
        }
    }

    private void give(Buffer piece, int from, int to) {
        if (to > from) {
            file.accept(piece.slice(from, to));
        }
    }

    /** Two hyphens and perhaps a line end. A second part would begin with a line end here. */
    private void readTail(ByteBuf bytes, int from) {
        for (int at = from; at < bytes.readableBytes(); at++) {
            tail.append((char) bytes.getByte(at));
            require("--\r\n".startsWith(tail.toString()));
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new ServerException(ErrorCode.INVALID_MULTIPART);
        }
    }
}
