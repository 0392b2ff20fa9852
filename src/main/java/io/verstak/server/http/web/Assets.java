package io.verstak.server.http.web;

import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.guard.SharedBytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files that pages load: a fixed list, read into memory at start. Their address changes with their content, so browsers
 * may keep them forever. No other file can be requested: no folder is served.
 */
public final class Assets {
    private static final String PICO = "/META-INF/resources/webjars/picocss__pico/2.1.1/css/pico.blue.min.css";
    private static final Map<String, String> FILES = Map.of(
            "pico.css", PICO,
            "app.css", "/static/app.css",
            "app.js", "/static/app.js",
            "icon.svg", "/static/icon.svg");
    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** The style sheet's icons. As part of it they would be {@code data:}, which the pages forbid. */
    private static final Pattern INLINE_ICON = Pattern.compile("url\\(\"data:image/svg\\+xml,([^\"]+)\"\\)");

    private static final int VERSION_DIGITS = 16;

    private final String base;
    private final Map<String, Asset> byPath;

    private record Asset(String type, Buffer plain, Buffer gzip) {}

    private Assets(String base, Map<String, Asset> byPath) {
        this.base = base;
        this.byPath = byPath;
    }

    /** Reads and compresses the files. Blocks; for start-up. */
    static Assets load() {
        Map<String, String> files = new LinkedHashMap<>();
        FILES.keySet().stream().sorted().forEach(name -> files.put(name, read(FILES.getOrDefault(name, ""))));
        String version = Sha256.of(String.join("", files.values()).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, VERSION_DIGITS);
        String base = "/static/" + version;
        files.putAll(withoutInlineIcons(files));
        Map<String, Asset> byPath = new HashMap<>();
        files.forEach((name, text) -> byPath.put(base + "/" + name, asset(name, text)));
        return new Assets(base, Map.copyOf(byPath));
    }

    /** Returns the path of the folder of the files. */
    String base() {
        return base;
    }

    /** Answers with the file of exactly this path, whose dots and escapes are not resolved; 404 for any other. */
    public void serve(RoutingContext context) {
        @Nullable Asset asset = byPath.get(context.request().path());
        if (asset == null) {
            context.fail(new ServerException(ErrorCode.NOT_FOUND));
            return;
        }
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, asset.type)
                .putHeader(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable")
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .putHeader("X-Content-Type-Options", "nosniff");
        if (Gzip.accepted(context.request().headers())) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip").end(asset.gzip);
        } else {
            response.end(asset.plain);
        }
    }

    /** Returns the style sheet without its icons, and the icons as files beside it. */
    private static Map<String, String> withoutInlineIcons(Map<String, String> files) {
        Map<String, String> changed = new LinkedHashMap<>();
        Matcher icon = INLINE_ICON.matcher(files.getOrDefault("pico.css", ""));
        String style = icon.replaceAll(match -> {
            String name = "icon-" + changed.size() + ".svg";
            changed.put(name, URLDecoder.decode(match.group(1).replace("+", "%2B"), StandardCharsets.UTF_8));
            return "url(\"" + name + "\")";
        });
        changed.put("pico.css", style);
        return changed;
    }

    private static Asset asset(String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        return new Asset(type, SharedBytes.body(bytes), SharedBytes.body(compressed.toByteArray()));
    }

    private static String read(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
