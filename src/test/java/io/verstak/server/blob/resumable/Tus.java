package io.verstak.server.blob.resumable;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Calls of the tus protocol, and a look at what they leave on disk. */
public record Tus(TestServer server, Desktop device) {
    public static final String PATH = "/api/v1/uploads";
    public static final String PART = "application/offset+octet-stream";

    public Request request(String method, String path) {
        return Request.of(method, path).bearer(device.token()).with("Tus-Resumable", "1.0.0");
    }

    public Request creation(long length) {
        return request("POST", PATH + "/").with("Upload-Length", Long.toString(length));
    }

    public static Request announcing(Request creation, Sha256 sha256) {
        return creation.with("Upload-Metadata", "filename bm90ZQ==,sha256 " + base64(sha256.hex()));
    }

    public static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Request withBody(Request request, byte[] body) {
        return new Request(request.method(), request.path(), request.fields(), body, false).with("Content-Type", PART);
    }

    public Request part(String upload, long offset, byte[] bytes) {
        return withBody(request("PATCH", upload).with("Upload-Offset", Long.toString(offset)), bytes);
    }

    public Answer send(Request request) {
        return server.send(request);
    }

    /** Makes an upload; where it lies. */
    public String create(long length) {
        return location(send(creation(length)));
    }

    public static String location(Answer created) {
        if (created.status() != 201) {
            throw new AssertionError("not created: " + created);
        }
        return created.header("Location");
    }

    public Answer append(String upload, long offset, byte[] bytes) {
        return send(part(upload, offset, bytes));
    }

    public Answer head(String upload) {
        return send(request("HEAD", upload));
    }

    public long offset(String upload) {
        Answer head = head(upload);
        if (head.status() != 200) {
            throw new AssertionError("no status: " + head);
        }
        return Long.parseLong(head.header("Upload-Offset"));
    }

    /** Sends the first bytes of a part, and holds the connection. */
    public Http begin(String upload, long offset, byte[] bytes, int sent) {
        try {
            Http http = Http.connect(server.port());
            http.write(part(upload, offset, bytes).head());
            http.write(Arrays.copyOf(bytes, sent));
            return http;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of unfinished uploads. */
    public List<Path> files() {
        try (Stream<Path> files = Files.list(server.data().resolve("tmp"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("part-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of an unfinished upload. */
    public Path file(String upload) {
        return server.data().resolve("tmp").resolve("part-" + upload.substring(PATH.length() + 1));
    }

    long bytesOnDisk() {
        return files().stream().mapToLong(file -> file.toFile().length()).sum();
    }

    public byte[] download(byte[] file) {
        return server.send(Blobs.get(device, Sha256.of(file))).wire();
    }
}
