package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** How a shipped desktop moves attachments: one multipart part named {@code file}, and a plain download. */
public final class DesktopBlobs {
    private static final String BOUNDARY = "----verstak-desktop-7f1c2a";

    private final DesktopCalls calls;
    private final String token;

    DesktopBlobs(DesktopCalls calls, String token) {
        this.calls = calls;
        this.token = token;
    }

    /** Uploads bytes; the server must name the same hash and size. */
    public Sha256 upload(String fileName, byte[] bytes) {
        JsonNode answer = calls.json(request(fileName, bytes).bearer(token));
        Sha256 sha256 = Sha256.of(bytes);
        if (!answer.required("sha256").textValue().equals(sha256.hex())
                || answer.required("size").longValue() != bytes.length) {
            throw new AssertionError("another blob than was sent: " + answer);
        }
        return sha256;
    }

    /** Downloads a blob; its bytes must have its hash. */
    public byte[] download(Sha256 sha256) {
        Answer answer = calls.call(Request.get("/api/v1/blobs/" + sha256.hex()).bearer(token));
        DesktopCalls.requireOk(answer);
        if (!Sha256.of(answer.wire()).equals(sha256)) {
            throw new AssertionError("other bytes than were asked for");
        }
        return answer.wire();
    }

    /** An upload, without a token. */
    public static Request request(String fileName, byte[] bytes) {
        return Request.post("/api/v1/blobs/", multipart(fileName, bytes))
                .with("Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
    }

    /** The body of an upload (RFC 7578). */
    public static byte[] multipart(String fileName, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 512);
        out.writeBytes(text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                + fileName + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
        out.writeBytes(bytes);
        out.writeBytes(text("\r\n--" + BOUNDARY + "--\r\n"));
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
