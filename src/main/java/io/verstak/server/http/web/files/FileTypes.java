package io.verstak.server.http.web.files;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which files a browser may show, by their first bytes and never by their names: pictures and PDF. Whatever else claims to be one is
 * saved, or shown as text. SVG is not among them, since it may hold scripts.
 */
final class FileTypes {
    /** Of the bytes that decide. */
    static final int HEAD = 32;

    static final String PDF = "application/pdf";

    private FileTypes() {}

    /** Returns the type of a file that may be shown. */
    static Optional<String> shown(byte[] head) {
        if (begins(head, 0, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of("image/png");
        } else if (begins(head, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.of("image/jpeg");
        } else if (begins(head, 0, "GIF87a") || begins(head, 0, "GIF89a")) {
            return Optional.of("image/gif");
        } else if (begins(head, 0, "RIFF") && begins(head, 8, "WEBP")) {
            return Optional.of("image/webp");
        } else if (begins(head, 4, "ftypavif") || begins(head, 4, "ftypavis")) {
            return Optional.of("image/avif");
        }
        return begins(head, 0, "%PDF-") ? Optional.of(PDF) : Optional.empty();
    }

    private static boolean begins(byte[] head, int at, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (head.length < at + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (head[at + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
