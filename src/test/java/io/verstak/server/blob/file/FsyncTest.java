package io.verstak.server.blob.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsyncTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void an_fsync_that_fails_stops_the_process_once_and_is_not_tried_again() throws Exception {
        AtomicInteger stops = new AtomicInteger();
        Fsync durability = new Fsync(stops::incrementAndGet);
        FileChannel closed =
                FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        closed.close();

        assertThatThrownBy(() -> durability.file(closed)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> durability.file(closed)).isInstanceOf(IOException.class);

        assertThat(stops).hasValue(1);
    }

    @Test
    void a_folder_that_is_not_there_is_no_failed_fsync() {
        AtomicInteger stops = new AtomicInteger();

        assertThatThrownBy(() -> new Fsync(stops::incrementAndGet).folder(folder.resolve("missing")))
                .isInstanceOf(IOException.class);

        assertThat(stops).hasValue(0);
    }
}
