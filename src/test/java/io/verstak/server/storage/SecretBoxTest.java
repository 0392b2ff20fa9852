package io.verstak.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
    private final SecureRandom random = new SecureRandom();

    @TempDir
    private Path root;

    @Test
    void a_sealed_text_opens_after_a_restart() throws Exception {
        String sealed = box().seal("пароль", "here");

        assertThat(sealed).doesNotContain("пароль");
        assertThat(box().open(sealed, "here")).contains("пароль");
    }

    @Test
    void the_same_text_is_never_sealed_alike() throws Exception {
        SecretBox box = box();

        assertThat(box.seal("text", "here")).isNotEqualTo(box.seal("text", "here"));
    }

    @Test
    void a_text_that_was_changed_or_moved_does_not_open() throws Exception {
        SecretBox box = box();
        String sealed = box.seal("text", "here");
        char other = sealed.charAt(10) == 'A' ? 'B' : 'A';

        assertThat(box.open(sealed, "there")).isEmpty();
        assertThat(box.open(sealed.substring(0, 10) + other + sealed.substring(11), "here"))
                .isEmpty();
        assertThat(box.open("v1.", "here")).isEmpty();
        assertThat(box.open("v1.*", "here")).isEmpty();
        assertThat(box.open("", "here")).isEmpty();
    }

    @Test
    void a_text_does_not_open_with_another_key() throws Exception {
        String sealed = box().seal("text", "here");
        Files.delete(root.resolve("secret.key"));

        assertThat(box().open(sealed, "here")).isEmpty();
    }

    @Test
    void s44_only_the_owner_reads_the_key_and_nothing_is_left_of_making_it() throws Exception {
        box();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("secret.key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> name.startsWith("secret"))
                    .containsExactly("secret.key");
        }
    }

    @Test
    void a_damaged_key_stops_the_start_and_is_left_as_it_is() throws Exception {
        box();
        Files.write(root.resolve("secret.key"), new byte[31]);

        assertThatThrownBy(this::box).isInstanceOf(StorageException.class).hasMessageContaining("secret.key");
        assertThat(root.resolve("secret.key")).hasSize(31);
    }

    private SecretBox box() throws Exception {
        try (DataDirectory directory = DataDirectory.open(root)) {
            // As a server leaves it: an empty database beside a key would be a lost one.
            Files.writeString(directory.database(), "used");
            return SecretBox.open(directory, random);
        }
    }
}
