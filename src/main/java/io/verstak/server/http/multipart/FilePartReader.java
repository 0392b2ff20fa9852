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
 * Reads a multipart body piece by piece and returns the bytes of its one file as they arrive, without copying them. It keeps
 * only the part's head and the possible beginning of the closing boundary. It ignores, up to a bound, text before the first
 * boundary and after the last, and blanks after a boundary (RFC 2046, section 5.1.1). It refuses everything but one file with
 * {@code INVALID_MULTIPART}.
 */
final class FilePartReader {
    private static final int MAX_HEAD = 8 << 10;
    /** The largest size of the text around the part; the few clients that send any send one line. */
    private static final int MAX_IGNORED = 8 << 10;

    private static final String CLOSE = "--";
    private static final String LINE_END = "\r\n";

    private final Consumer<Buffer> file;
    private final String opening;
    /** CR LF, two hyphens and the boundary. CR occurs only at its beginning, which keeps the search simple. */
    private final byte[] delimiter;

    private final DelimiterSearch search;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder fields = new StringBuilder();
    private byte last;
    private int ignored;
    private int tail;
    private String name = "";
    private State state = State.PREAMBLE;
    /** How many bytes of the delimiter the last piece ended with. */
    private int matched;

    private enum State {
        PREAMBLE,
        HEAD,
        FILE,
        /** The two hyphens of the last boundary. A second part would begin with a line end here. */
        TAIL,
        PADDING,
        EPILOGUE
    }

    /** @param file gets the pieces of the file, in order */
    FilePartReader(byte[] boundary, Consumer<Buffer> file) {
        this.file = file;
        this.opening = CLOSE + new String(boundary, StandardCharsets.US_ASCII);
        this.delimiter = ("\r\n" + opening).getBytes(StandardCharsets.US_ASCII);
        this.search = new DelimiterSearch(delimiter);
    }

    /** Returns the name of the file as the client has sent it; empty: its head has not come yet. */
    String name() {
        return name;
    }

    /** Reads the next piece of the body. */
    void read(Buffer piece) {
        ByteBuf bytes = ((BufferInternal) piece).getByteBuf();
        int at = 0;
        if (state == State.PREAMBLE || state == State.HEAD) {
            at = readLines(bytes);
        }
        if (state == State.FILE) {
            at = readFile(piece, bytes, at);
        }
        while (state != State.FILE && at < bytes.readableBytes()) {
            readEnd(bytes.getByte(at++));
        }
    }

    /** The body has ended. */
    void end() {
        require(state == State.PADDING || (state == State.EPILOGUE && ignored > 0));
    }

    /** @return where the file begins, or the end of the piece */
    private int readLines(ByteBuf bytes) {
        for (int at = 0; at < bytes.readableBytes(); at++) {
            byte next = bytes.getByte(at);
            line.write(next);
            require(line.size() + fields.length() < MAX_HEAD && line.size() + ignored < MAX_IGNORED);
            boolean endsLine = next == '\n' && last == '\r';
            last = next;
            if (endsLine) {
                String text = line.toString(StandardCharsets.UTF_8);
                line.reset();
                endLine(text.substring(0, text.length() - LINE_END.length()));
                if (state == State.FILE) {
                    return at + 1;
                }
            }
        }
        return bytes.readableBytes();
    }

    private void endLine(String text) {
        if (state == State.PREAMBLE) {
            if (text.startsWith(opening) && isBlank(text.substring(opening.length()))) {
                state = State.HEAD;
                ignored = 0;
            } else {
                ignored += text.length() + LINE_END.length();
            }
        } else if (text.isEmpty()) {
            name = MultipartHeaders.requireFile(fields.toString());
            state = State.FILE;
        } else {
            fields.append(text).append(LINE_END);
        }
    }

    private static boolean isBlank(String padding) {
        return padding.chars().allMatch(c -> c == ' ' || c == '\t');
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

    /** Continues a delimiter that the last piece began; if it is not one, those bytes belong to the file. */
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

    /** Returns how much of the delimiter matches at a position, given that some of it does already. */
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

    private void readEnd(byte next) {
        switch (state) {
            case TAIL -> {
                require(next == CLOSE.charAt(tail));
                tail++;
                state = tail == CLOSE.length() ? State.PADDING : State.TAIL;
            }
            case PADDING -> {
                // The line end is the first byte of the epilogue.
                require(next == ' ' || next == '\t' || next == '\r');
                state = next == '\r' ? State.EPILOGUE : State.PADDING;
                ignored = state == State.EPILOGUE ? 0 : ignored + 1;
            }
            case EPILOGUE -> {
                require(ignored > 0 || next == '\n');
                ignored++;
            }
            case PREAMBLE, HEAD, FILE -> throw new IllegalStateException(state.name());
        }
        require(ignored < MAX_IGNORED);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new ServerException(ErrorCode.INVALID_MULTIPART);
        }
    }
}
