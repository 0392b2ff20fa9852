package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decodes requests as Netty does, and refuses what Netty lets through although two recipients could understand it in
 * two ways. Nothing is decoded after a {@link Refused}.
 *
 * <p>Netty and Vert.x themselves refuse a bare LF, Content-Length beside Transfer-Encoding, two Content-Lengths,
 * Transfer-Encoding in HTTP/1.0, a coding after {@code chunked}, characters that a field must not contain, and chunks
 * that are longer than their size. Checked here, and by {@link HeadRules}, are:
 *
 * <ul>
 *   <li>more than one empty line before a request, or half of one: Netty skips any number of CR and LF;
 *   <li>a first byte that begins no method: a line end may never arrive after a TLS hello;
 *   <li>blanks in the request line: Netty splits it at any run of blanks and tabs;
 *   <li>the version: Netty takes any number, and Vert.x ignores the case;
 *   <li>bytes and escapes that an address must not contain, and all of Host: Netty does not look at them;
 *   <li>folded fields: Netty joins them, other recipients see two fields;
 *   <li>fields without a name, which Netty keeps;
 *   <li>codings before {@code chunked}: Netty ignores them, and nothing behind it would decode them;
 *   <li>the key of WebSocket drafts: Netty takes eight bytes after such a head for its body;
 *   <li>a Content-Length near the greatest long: sums with it would overflow;
 *   <li>a head's size: Netty counts neither line ends nor the request line;
 *   <li>chunk size lines over 512 bytes: Netty's limit is that of the request line;
 *   <li>blanks, nameless extensions and escapes in chunk size lines, and sizes of more than eight digits:
 *       implementations differ in what they skip, and overflow differently;
 *   <li>the number of trailers. Their contents do not matter, since Vert.x drops them.
 * </ul>
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
    private static final int LINE_END = 2;

    /** The CR LF of the last field and CR of the empty line: a head that may still end within its limit. */
    private static final int MAX_PENDING_LINE_ENDS = 3;

    private static final int MAX_TRAILERS = 32;
    private static final int MAX_CHUNK_LINE = 512;
    private static final int TARGET_LOOKED_AT = 256;

    /** RFC 9112 section 7.1.1, without the blanks and escapes that implementations read differently. */
    private static final Pattern CHUNK_LINE =
            Pattern.compile("(\\p{XDigit}{1,8})(;TOKEN(=(TOKEN|\"[ !#-\\[\\]-~]*+\"))?+)*+"
                    .replace("TOKEN", "[!#$%&'*+.^_`|~0-9A-Za-z-]++"));

    private enum Part {
        REQUEST_LINE,
        FIELDS,
        CONTENT,
        CHUNKS,
        TRAILERS,
        REFUSED
    }

    private final TransportLimits limits;
    private final RequestTracker requests;
    private final ConnectionShutdown end;

    private Part part = Part.REQUEST_LINE;
    private boolean headBegun;
    private int emptyLineBytes;
    private int headBytes;
    private int fields;
    private String target = "";

    RequestDecoder(HttpServerOptions options, TransportLimits limits, RequestTracker requests, ConnectionShutdown end) {
        super(options);
        this.limits = limits;
        this.requests = requests;
        this.end = end;
    }

    /**
     * Ends the messages of a connection: what the client sent next must not be passed on.
     *
     * @param toPage whether the request is for a path outside of {@code /api/} and {@code /admin/api/}. False when in
     *     doubt: programs cannot read a page
     */
    record Refused(Refusal refusal, boolean toPage) {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof ByteBuf bytes && end.isDecided()) {
            end.dropped(bytes.readableBytes());
            bytes.release();
        } else {
            super.channelRead(ctx, message);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int from = in.readerIndex();
        try {
            switch (part) {
                case REQUEST_LINE, FIELDS -> head(ctx, in, out);
                case CONTENT -> super.decode(ctx, in, out);
                case CHUNKS -> chunks(ctx, in, out);
                case TRAILERS -> trailers(ctx, in, out);
                case REFUSED -> {}
            }
            if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
                part = Part.REQUEST_LINE;
            }
        } catch (MalformedRequest malformed) {
            out.forEach(ReferenceCountUtil::release);
            out.clear();
            out.add(new Refused(malformed.refusal(), isToPage(in, from)));
            part = Part.REFUSED;
        }
        if (part == Part.REFUSED) {
            in.skipBytes(in.readableBytes());
        }
    }

    /** A request whose end is missing when the connection closes is dropped: Vert.x tells its handler. */
    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {}

    private void head(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!headBegun) {
            headBegun = true;
            requests.headBegins(System.nanoTime());
        }
        if (headBytes == 0 && !skipEmptyLine(in)) {
            return;
        }
        int from = in.readerIndex();
        super.decode(ctx, in, out);
        headBytes += in.readerIndex() - from;
        if (!out.isEmpty()) {
            headRead((HttpRequest) out.get(0));
        } else if (headBytes + in.readableBytes() > limits.headBytes() + MAX_PENDING_LINE_ENDS) {
            throw new MalformedRequest(Refusal.HEAD_TOO_LARGE, "request head too large");
        }
    }

    /** Skips one empty line (RFC 9112 section 2.2). Returns whether the request line has begun. */
    private boolean skipEmptyLine(ByteBuf in) {
        while (in.isReadable()) {
            byte octet = in.getByte(in.readerIndex());
            if (emptyLineBytes < LINE_END && octet == (emptyLineBytes == 0 ? HttpConstants.CR : HttpConstants.LF)) {
                emptyLineBytes++;
                in.skipBytes(1);
            } else if (emptyLineBytes == 1 || !HeadRules.isToken(String.valueOf((char) (octet & 0xff)))) {
                throw MalformedRequest.because("not HTTP");
            } else {
                return true;
            }
        }
        return false;
    }

    private void headRead(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            throw MalformedRequest.head(request.decoderResult().cause());
        }
        HttpMessageDecoderResult sizes = (HttpMessageDecoderResult) request.decoderResult();
        if (headBytes - 2 * LINE_END > limits.headBytes()) {
            throw new MalformedRequest(Refusal.HEAD_TOO_LARGE, "request head too large");
        }
        int lines = (headBytes - sizes.initialLineLength() - sizes.headerSize()) / LINE_END;
        if (lines != 1 + fields + 1) {
            throw MalformedRequest.because("folded field");
        }
        switch (HeadRules.bodyOf(request)) {
            case NONE -> {}
            case SIZED -> part = Part.CONTENT;
            case CHUNKED -> part = Part.CHUNKS;
        }
        headBegun = false;
        emptyLineBytes = 0;
        headBytes = 0;
        fields = 0;
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        HeadRules.requireBlankBefore(line, start);
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        HeadRules.requireBlankBefore(line, start);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    @Override
    protected HttpMessage createMessage(String[] words) {
        HeadRules.requireRequestLine(words[0], words[1], words[2], limits.requestLineBytes());
        HttpMessage request = super.createMessage(words);
        target = words[1];
        part = Part.FIELDS;
        return request;
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (length == 0) {
            throw MalformedRequest.because("field without a name");
        }
        fields++;
        return super.splitHeaderName(line, start, length);
    }

    private void chunks(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int from = in.readerIndex();
        super.decode(ctx, in, out);
        int data = 0;
        for (Object message : out) {
            requireSuccess((HttpContent) message);
            data += ((HttpContent) message).content().readableBytes();
        }
        int around = in.readerIndex() - from - data;
        if (around > LINE_END) {
            chunkLine(
                    in.toString(from, in.bytesBefore(from, around, HttpConstants.LF) - 1, StandardCharsets.ISO_8859_1));
        } else if (around + data == 0 && in.readableBytes() > MAX_CHUNK_LINE + LINE_END) {
            throw MalformedRequest.because("chunk size line too long");
        }
    }

    private void chunkLine(String line) {
        Matcher matcher = CHUNK_LINE.matcher(line);
        if (line.length() > MAX_CHUNK_LINE || !matcher.matches()) {
            throw MalformedRequest.because("chunk size line");
        }
        if (Long.parseLong(matcher.group(1), 16) == 0) {
            part = Part.TRAILERS;
        }
    }

    private void trailers(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        super.decode(ctx, in, out);
        for (Object message : out) {
            requireSuccess((HttpContent) message);
        }
        if (fields > MAX_TRAILERS) {
            throw MalformedRequest.because("too many trailers");
        }
        fields = out.isEmpty() ? fields : 0;
    }

    private static void requireSuccess(HttpObject message) {
        if (message.decoderResult().isFailure()) {
            throw MalformedRequest.because("chunked body");
        }
    }

    private boolean isToPage(ByteBuf in, int from) {
        String path = target;
        if (part == Part.REQUEST_LINE) {
            int length = Math.min(TARGET_LOOKED_AT, in.writerIndex() - from);
            String begin = in.toString(from, length, StandardCharsets.ISO_8859_1);
            path = begin.substring(begin.indexOf(' ') + 1);
        }
        return path.startsWith("/") && !path.contains("api/");
    }
}
