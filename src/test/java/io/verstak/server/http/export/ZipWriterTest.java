package io.verstak.server.http.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer writes, as {@code java.util.zip} reads it: by the directory at the end, and from the front. */
class ZipWriterTest {
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 11, 22, 10, 0);

    @TempDir
    Path folder;

    @Test
    void entries_come_back_with_their_bytes_and_names() throws IOException {
        byte[] letters = "привет ".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        Path file = write(out -> {
            try (ZipWriter zip = new ZipWriter(TIME)) {
                out.accept(zip.begin("письмо.txt", Deflater.BEST_SPEED));
                out.accept(zip.write(letters, letters.length));
                out.accept(zip.end());
                out.accept(zip.begin("empty", Deflater.NO_COMPRESSION));
                out.accept(zip.end());
                out.accept(zip.begin("again.bin", Deflater.NO_COMPRESSION));
                out.accept(zip.write(letters, 1000));
                out.accept(zip.write(letters, 500));
                out.accept(zip.end());
                finish(zip, out);
            }
        });

        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("письмо.txt", "empty", "again.bin");
            assertThat(bytes(zip, "письмо.txt")).isEqualTo(letters);
            assertThat(bytes(zip, "empty")).isEmpty();
            assertThat(bytes(zip, "again.bin")).hasSize(1500).startsWith(Arrays.copyOf(letters, 1000));
            assertThat(zip.getEntry("empty").getTimeLocal()).isEqualTo(TIME);
        }
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(file))) {
            assertThat(in.getNextEntry().getName()).isEqualTo("письмо.txt");
            assertThat(in.readAllBytes()).isEqualTo(letters);
            assertThat(in.getNextEntry().getName()).isEqualTo("empty");
            assertThat(in.getNextEntry().getName()).isEqualTo("again.bin");
            assertThat(in.readAllBytes()).hasSize(1500);
            assertThat(in.getNextEntry()).isNull();
        }
    }

    @Test
    void more_entries_than_the_old_format_counts_are_all_listed() throws IOException {
        int entries = 70_000;
        byte[] content = "x".getBytes(StandardCharsets.US_ASCII);
        Path file = write(out -> {
            try (ZipWriter zip = new ZipWriter(TIME)) {
                for (int i = 0; i < entries; i++) {
                    out.accept(zip.begin("blobs/%064x".formatted(i), Deflater.NO_COMPRESSION));
                    out.accept(zip.write(content, 1));
                    out.accept(zip.end());
                }
                finish(zip, out);
            }
        });

        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(Collections.list(zip.entries())).hasSize(entries);
            assertThat(bytes(zip, "blobs/%064x".formatted(entries - 1))).isEqualTo(content);
        }
    }

    @Test
    void an_entry_of_more_than_four_gigabytes_and_what_follows_it_come_back() throws IOException {
        long size = (4L << 30) + (1 << 20);
        byte[] zeros = new byte[1 << 20];
        Path file = write(out -> {
            try (ZipWriter zip = new ZipWriter(TIME)) {
                out.accept(zip.begin("large", Deflater.BEST_SPEED));
                for (long at = 0; at < size; at += zeros.length) {
                    out.accept(zip.write(zeros, zeros.length));
                }
                out.accept(zip.end());
                out.accept(zip.begin("small", Deflater.BEST_SPEED));
                out.accept(zip.write(zeros, 10));
                out.accept(zip.end());
                finish(zip, out);
            }
        });

        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(zip.getEntry("large").getSize()).isEqualTo(size);
            assertThat(bytes(zip, "small")).hasSize(10);
        }
    }

    private interface Output {
        void accept(Buffer piece);
    }

    private interface Work {
        void on(Output out);
    }

    private Path write(Work work) throws IOException {
        Path file = folder.resolve("test.zip");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            work.on(piece -> {
                try {
                    out.write(piece.getBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return file;
    }

    private static void finish(ZipWriter zip, Output out) {
        for (Buffer piece = zip.directory(); piece.length() > 0; piece = zip.directory()) {
            out.accept(piece);
        }
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }
}
