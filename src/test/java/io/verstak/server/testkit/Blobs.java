package io.verstak.server.testkit;

import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Calls on blobs over the wire, and a look at what they leave on disk. */
public final class Blobs {
    public static final String PATH = "/api/v1/blobs";
    public static final String MULTIPART = "multipart/form-data; boundary=b";
    public static final String HEAD = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
    public static final String END = "\r\n--b--\r\n";
    /** Short enough to see what does not last. */
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Blobs() {}

    public static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static Request upload(Desktop device, byte[] file) {
        return raw(device, HEAD + new String(file, StandardCharsets.ISO_8859_1) + END);
    }

    /** A body of any bytes, one for each character. */
    public static Request raw(Desktop device, String body) {
        return Request.post(PATH, body.getBytes(StandardCharsets.ISO_8859_1))
                .with("Content-Type", MULTIPART)
                .bearer(device.token());
    }

    /** The head of an upload whose whole body has a length. */
    public static byte[] headOf(Desktop device, long contentLength) {
        return ("POST " + PATH + " HTTP/1.1\r\nHost: test\r\nContent-Type: " + MULTIPART + "\r\nAuthorization: Bearer "
                        + device.token() + "\r\nContent-Length: " + contentLength + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    public static Request get(Desktop device, Sha256 sha256) {
        return Request.get(PATH + "/" + sha256).bearer(device.token());
    }

    public static Answer stored(TestServer server, Desktop device, byte[] file) {
        Answer answer = server.send(upload(device, file));
        if (answer.status() != 200) {
            throw new AssertionError("not stored: " + answer);
        }
        return answer;
    }

    /** The file of a blob in a data directory. */
    public static Path file(TestServer server, Sha256 sha256) {
        String hex = sha256.hex();
        return server.data()
                .resolve("blobs")
                .resolve(hex.substring(0, 2))
                .resolve(hex.substring(2, 4))
                .resolve(hex);
    }

    /** The files of uploads that have not ended; they may go at any moment. */
    public static List<Path> uploads(TestServer server) {
        try (Stream<Path> files = Files.list(server.data().resolve("tmp"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("upload-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for what has no event of its own. */
    public static void until(BooleanSupplier holds) {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
