package io.verstak.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;

/** Transfers files to and from a vault in pieces; a file is never held in memory. */
public final class BlobTransfer {
    private static final int PIECE_BYTES = 64 << 10;
    private static final String BOUNDARY = "----verstak-client-5c1d9e";
    private static final int TRIES = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final SyncServer server;
    private final PairedDevice device;

    BlobTransfer(SyncServer server, PairedDevice device) {
        this.server = server;
        this.device = device;
    }

    /** Uploads a file unless the vault has it already. Returns its hash. */
    public Sha256 upload(Path file) throws IOException {
        Sha256 sha256 = digest(file);
        if (isMissing(sha256)) {
            server.trying(
                    server.request(path(sha256), device)
                            .header("Content-Type", "application/octet-stream")
                            .PUT(BodyPublishers.ofFile(file)),
                    BodyHandlers.ofByteArray());
        }
        return sha256;
    }

    /** Uploads a file as the first desktops do: as the only part of a form (RFC 7578). */
    public Sha256 uploadForm(Path file) throws IOException {
        Sha256 sha256 = digest(file);
        String head = "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"attachment\"\r\n\r\n"
                .formatted(BOUNDARY);
        String tail = "\r\n--%s--\r\n".formatted(BOUNDARY);
        HttpResponse<byte[]> answer = server.trying(
                server.request("/api/v1/blobs/", device)
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(BodyPublishers.concat(
                                BodyPublishers.ofString(head),
                                BodyPublishers.ofFile(file),
                                BodyPublishers.ofString(tail))),
                BodyHandlers.ofByteArray());
        String stored = SyncServer.parse(answer.body()).path("sha256").asText();
        if (!stored.equals(sha256.hex())) {
            throw new IOException("another blob than was sent: " + stored);
        }
        return sha256;
    }

    private boolean isMissing(Sha256 sha256) throws IOException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("sha256").add(sha256.hex());
        JsonNode answer = server.call(device, "/api/v1/blobs/missing", body);
        return !answer.required("missing").isEmpty();
    }

    /**
     * Downloads a blob into a file, which appears only when it is complete and its hash matches. A broken download is
     * resumed where it stopped.
     */
    public void download(Sha256 sha256, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            MessageDigest digest = Sha256.newDigest();
            try (OutputStream out = Files.newOutputStream(part)) {
                fetch(sha256, digest, out);
            }
            if (!Sha256.ofDigest(digest.digest()).equals(sha256)) {
                throw new IOException("other bytes than were asked for: " + sha256);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void fetch(Sha256 sha256, MessageDigest digest, OutputStream out) throws IOException {
        Sink sink = new Sink(digest, out);
        for (int tries = 1; ; tries++) {
            try {
                fetchFrom(sha256, sink);
                return;
            } catch (RefusedException | InterruptedIOException lasting) {
                throw lasting;
            } catch (IOException broken) {
                if (tries == TRIES) {
                    throw broken;
                }
                SyncServer.pause(BETWEEN_TRIES);
            }
        }
    }

    private void fetchFrom(Sha256 sha256, Sink sink) throws IOException {
        HttpRequest.Builder request = server.request(path(sha256), device).GET();
        if (sink.bytes > 0) {
            request.header("Range", "bytes=" + sink.bytes + "-").header("If-Range", "\"" + sha256 + "\"");
        }
        HttpResponse<InputStream> answer = server.trying(request, BodyHandlers.ofInputStream());
        boolean partial = answer.statusCode() == 206;
        try (InputStream in = answer.body()) {
            if (partial != (sink.bytes > 0)) {
                throw new IOException("another range than was asked for");
            }
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                sink.take(piece, count);
            }
        }
    }

    /** The bytes received so far. */
    private static final class Sink {
        private final MessageDigest digest;
        private final OutputStream out;
        private long bytes;

        Sink(MessageDigest digest, OutputStream out) {
            this.digest = digest;
            this.out = out;
        }

        void take(byte[] piece, int count) throws IOException {
            out.write(piece, 0, count);
            digest.update(piece, 0, count);
            bytes += count;
        }
    }

    private static Sha256 digest(Path file) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    private static String path(Sha256 sha256) {
        return "/api/v1/blobs/" + sha256.hex();
    }
}
