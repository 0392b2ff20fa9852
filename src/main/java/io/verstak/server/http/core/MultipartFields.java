package io.verstak.server.http.core;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fields of a {@code FormData} form ({@code multipart/form-data}, RFC 7578). No form here takes a file, so files
 * are ignored.
 */
final class MultipartFields {
    static final String TYPE = "multipart/form-data";

    private static final Pattern BOUNDARY = Pattern.compile("(?i)boundary=\"?([^\";]+)");
    private static final int MOST_FIELDS = 128;
    private static final int MOST_BUFFERED_BYTES = 4096;

    private MultipartFields() {}

    /**
     * Parses a whole body, whose size the caller has limited. Refuses with {@code INVALID_REQUEST} a truncated body,
     * one without a boundary, and one with more fields than any form.
     *
     * @param contentType with its boundary
     */
    static Map<String, List<String>> parse(String contentType, Buffer body) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        requireEnd(contentType, body);
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder = new HttpPostMultipartRequestDecoder(
                    new DefaultHttpDataFactory(false), head, StandardCharsets.UTF_8, MOST_FIELDS, MOST_BUFFERED_BYTES);
            decoder.offer(new DefaultLastHttpContent(Unpooled.wrappedBuffer(body.getBytes())));
            return fields(decoder.getBodyHttpDatas());
        } catch (RuntimeException | IOException malformed) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
    }

    /**
     * The decoder accepts truncated forms; a form is complete when its closing delimiter has arrived (RFC 2046, section
     * 5.1.1).
     */
    private static void requireEnd(String contentType, Buffer body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()
                || !body.toString(StandardCharsets.ISO_8859_1)
                        .contains("--" + boundary.group(1).strip() + "--")) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        }
    }

    private static Map<String, List<String>> fields(List<InterfaceHttpData> parts) throws IOException {
        Map<String, List<String>> fields = new HashMap<>();
        for (InterfaceHttpData part : parts) {
            if (part instanceof Attribute field) {
                fields.computeIfAbsent(field.getName(), first -> new ArrayList<>())
                        .add(field.getValue());
            }
        }
        return fields;
    }
}
