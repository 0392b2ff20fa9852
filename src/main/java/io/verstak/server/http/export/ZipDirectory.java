package io.verstak.server.http.export;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The central directory that ends a ZIP file. It is kept compressed until then, since it grows with the number of
 * entries: an entry with a SHA-256 as its name takes about 70 bytes.
 */
final class ZipDirectory implements AutoCloseable {
    private static final int ENTRY = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_ZIP64 = 0x06064b50;
    private static final int LOCATOR_ZIP64 = 0x07064b50;
    private static final int END_ZIP64_REST = 44;
    private static final short EXTRA_ZIP64 = 1;
    private static final long MAX_32 = 0xffff_ffffL;
    private static final int MAX_16 = 0xffff;
    private static final int PIECE_BYTES = 64 << 10;
    private static final int SEGMENT_BYTES = 16 << 10;

    private final List<byte[]> segments = new ArrayList<>();
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private final OutputStream kept = new DeflaterOutputStream(new Segments(), deflater, SEGMENT_BYTES);
    private final Inflater inflater = new Inflater();
    private @Nullable InputStream reading;
    private long entries;
    private long bytes;
    private boolean ended;

    /**
     * The position of an entry.
     *
     * @param compressed size in the file in bytes
     * @param size uncompressed size in bytes
     * @param offset of its header in the file
     */
    record Extent(long crc, long compressed, long size, long offset) {}

    private final class Segments extends OutputStream {
        @Override
        public void write(int b) {
            segments.add(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            segments.add(Arrays.copyOfRange(source, offset, offset + length));
        }
    }

    /** @param common flags, method and time of the entry */
    void add(byte[] common, byte[] name, Extent extent) {
        Buffer large = Buffer.buffer();
        int size = field(extent.size(), large);
        int compressed = field(extent.compressed(), large);
        int offset = field(extent.offset(), large);
        int version = ZipWriter.version(large.length() > 0);
        Buffer extra = large.length() == 0
                ? large
                : Buffer.buffer()
                        .appendShortLE(EXTRA_ZIP64)
                        .appendShortLE((short) large.length())
                        .appendBuffer(large);
        keep(Buffer.buffer()
                .appendIntLE(ENTRY)
                .appendShortLE((short) version)
                .appendShortLE((short) version)
                .appendBytes(common)
                .appendIntLE((int) extent.crc())
                .appendIntLE(compressed)
                .appendIntLE(size)
                .appendShortLE((short) name.length)
                .appendShortLE((short) extra.length())
                .appendLongLE(0) // no comment, the only disk, no attributes
                .appendShortLE((short) 0)
                .appendIntLE(offset)
                .appendBytes(name)
                .appendBuffer(extra));
        entries++;
    }

    /** Returns the value, or the marker that refers to the ZIP64 field. */
    private static int field(long value, Buffer large) {
        if (value < MAX_32) {
            return (int) value;
        }
        large.appendLongLE(value);
        return (int) MAX_32;
    }

    private void keep(Buffer entry) {
        try {
            kept.write(entry.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        bytes += entry.length();
    }

    /**
     * Returns the next piece; empty after the last.
     *
     * @param offset where the directory begins
     */
    Buffer next(long offset) {
        try {
            InputStream in = open();
            byte[] piece = in.readNBytes(PIECE_BYTES);
            if (piece.length > 0) {
                return Buffer.buffer(piece);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what was kept can be read", e);
        }
        if (ended) {
            return Buffer.buffer();
        }
        ended = true;
        return end(offset);
    }

    private InputStream open() throws IOException {
        InputStream open = reading;
        if (open == null) {
            kept.close();
            List<ByteArrayInputStream> parts =
                    segments.stream().map(ByteArrayInputStream::new).toList();
            open = new InflaterInputStream(new SequenceInputStream(Collections.enumeration(parts)), inflater);
            reading = open;
        }
        return open;
    }

    private Buffer end(long offset) {
        Buffer out = Buffer.buffer();
        if (entries >= MAX_16 || bytes >= MAX_32 || offset >= MAX_32) {
            int version = ZipWriter.version(true);
            out.appendIntLE(END_ZIP64)
                    .appendLongLE(END_ZIP64_REST)
                    .appendShortLE((short) version)
                    .appendShortLE((short) version)
                    .appendLongLE(0)
                    .appendLongLE(entries)
                    .appendLongLE(entries)
                    .appendLongLE(bytes)
                    .appendLongLE(offset)
                    .appendIntLE(LOCATOR_ZIP64)
                    .appendIntLE(0)
                    .appendLongLE(offset + bytes)
                    .appendIntLE(1);
        }
        short count = (short) Math.min(entries, MAX_16);
        return out.appendIntLE(END)
                .appendIntLE(0)
                .appendShortLE(count)
                .appendShortLE(count)
                .appendIntLE((int) Math.min(bytes, MAX_32))
                .appendIntLE((int) Math.min(offset, MAX_32))
                .appendShortLE((short) 0);
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
