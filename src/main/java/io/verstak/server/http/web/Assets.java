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
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files that pages load: a fixed list, read into memory at start. Their address changes with their content, so browsers
 * may keep them forever. No other file can be requested: no folder is served.
 */
public final class Assets {
    /** The icons of the pages by their names in Bootstrap Icons; the pom says which of them the jar has. */
    public static final List<String> ICONS = List.of(
            "activity",
            "archive",
            "arrow-counterclockwise",
            "box-arrow-right",
            "briefcase",
            "check-circle",
            "circle-half",
            "cloud-check",
            "download",
            "envelope",
            "exclamation-circle",
            "eye",
            "eye-slash",
            "file-earmark",
            "file-earmark-text",
            "folder",
            "gear",
            "hdd",
            "inbox",
            "journal-text",
            "key",
            "laptop",
            "list",
            "moon",
            "people",
            "person",
            "phone",
            "plus-lg",
            "search",
            "shield-check",
            "sliders",
            "speedometer2",
            "sun",
            "x-lg");

    private static final String ICON = "/META-INF/resources/webjars/bootstrap-icons/1.11.3/icons/%s.svg";

    /** The style sheet in its order: its scale first. */
    private static final List<String> STYLES = List.of("tokens.css", "controls.css", "app.css", "tables.css");

    private static final List<String> FILES = List.of(
            "app.js", "passkey.js", "upload.js", "app.webmanifest", "icon.svg", "touch-icon.png", "favicon.ico");
    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "webmanifest", "application/manifest+json",
            "png", "image/png",
            "ico", "image/x-icon");

    private static final Pattern SVG = Pattern.compile("<svg[^>]*viewBox=\"([^\"]*)\"[^>]*>(.*)</svg>", Pattern.DOTALL);

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
        Map<String, byte[]> files = new TreeMap<>();
        FILES.forEach(name -> files.put(name, read("/static/" + name)));
        files.put("app.css", bytes(style()));
        files.put("icons.svg", bytes(sprite()));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        files.values().forEach(all::writeBytes);
        String base = "/static/" + Sha256.of(all.toByteArray()).hex().substring(0, VERSION_DIGITS);
        Map<String, Asset> byPath = new HashMap<>();
        files.forEach((name, content) -> byPath.put(base + "/" + name, asset(name, content)));
        return new Assets(base, Map.copyOf(byPath));
    }

    /** Returns the path of the folder of the files. */
    String base() {
        return base;
    }

    /** Answers with the file of exactly this path, whose dots and escapes are not resolved; 404 for any other. */
    public void serve(RoutingContext context) {
        answer(context, context.request().path(), "public, max-age=31536000, immutable");
    }

    /** Answers with the icon that browsers look for where no page names one. */
    public void favicon(RoutingContext context) {
        answer(context, base + "/favicon.ico", "public, max-age=86400");
    }

    private void answer(RoutingContext context, String path, String caching) {
        @Nullable Asset asset = byPath.get(path);
        if (asset == null) {
            context.fail(new ServerException(ErrorCode.NOT_FOUND));
            return;
        }
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, asset.type)
                .putHeader(HttpHeaders.CACHE_CONTROL, caching)
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING)
                .putHeader("X-Content-Type-Options", "nosniff");
        if (Gzip.accepted(context.request().headers())) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip").end(asset.gzip);
        } else {
            response.end(asset.plain);
        }
    }

    /** Returns the style sheet: its parts, one after the other. */
    static String style() {
        return STYLES.stream().map(name -> text("/static/" + name)).collect(Collectors.joining());
    }

    /** Returns the icons as symbols of one picture, which pages refer to by name. */
    static String sprite() {
        StringBuilder sprite = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\">");
        for (String name : ICONS) {
            Matcher icon = SVG.matcher(text(ICON.formatted(name)));
            if (!icon.find()) {
                throw new IllegalStateException(name + " is not an icon");
            }
            sprite.append("<symbol id=\"%s\" viewBox=\"%s\">%s</symbol>"
                    .formatted(name, icon.group(1), icon.group(2).replaceAll("\\s*\n\\s*", "")));
        }
        return sprite.append("</svg>").toString();
    }

    private static Asset asset(String name, byte[] content) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
        return new Asset(type, SharedBytes.body(content), SharedBytes.body(compressed.toByteArray()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String resource) {
        return new String(read(resource), StandardCharsets.UTF_8);
    }

    private static byte[] read(String resource) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
