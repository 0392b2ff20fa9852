package io.verstak.server.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PageJsonTest {
    private static final int MAX_BYTES = 1 << 20;

    /** Three chunks: sequences 1 to 250. */
    private static final List<Chunk> CHUNKS = chunks(250);

    @Test
    void a_page_of_whole_chunks_is_made_of_their_bytes() {
        Buffer page = page(0, 200);

        assertThat(page.toString()).isEqualTo(expected(1, 200));
        assertThat(isCopy(page)).isFalse();
        assertThat(page.toString()).as("again").isEqualTo(expected(1, 200));
    }

    @Test
    void a_page_that_needs_little_of_a_chunk_does_not_keep_the_rest() {
        Buffer one = page(57, 1);
        Buffer end = page(30, 170);

        assertThat(one.toString()).isEqualTo(expected(58, 58));
        assertThat(isCopy(one)).isTrue();
        assertThat(end.toString()).isEqualTo(expected(31, 200));
        assertThat(isCopy(end)).isTrue();
    }

    private static boolean isCopy(Buffer page) {
        return ((BufferInternal) page).getByteBuf().hasArray();
    }

    private static Buffer page(long cursor, int ops) {
        PageJson page = new PageJson(ops, MAX_BYTES);
        for (Chunk chunk : CHUNKS) {
            if (chunk.lastSequence() > cursor
                    && !page.add(new ChunkHead(chunk.lastSequence(), chunk.head()), chunk.body(), cursor)) {
                break;
            }
        }
        return page.end(250, page.last(), true, "log", false);
    }

    private static String expected(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(sequence -> "{\"server_sequence\":" + sequence + "," + members(sequence) + "}")
                .collect(Collectors.joining(
                        ",",
                        "{\"ops\":[",
                        "],\"server_sequence\":250,\"page_last_sequence\":" + last
                                + ",\"has_more\":true,\"log_id\":\"log\"}"));
    }

    private static List<Chunk> chunks(long ops) {
        ChunkBuilder builder = new ChunkBuilder(1);
        for (long sequence = 1; sequence <= ops; sequence++) {
            builder.add(sequence, sequence, 0, 0, members(sequence).getBytes(StandardCharsets.US_ASCII), new byte[32]);
        }
        return builder.take();
    }

    private static String members(long sequence) {
        return "\"op_id\":\"op-" + sequence + "\"";
    }
}
