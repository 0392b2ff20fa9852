package io.verstak.server.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.domain.Language;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.StorageException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackupProblemTest {
    @ParameterizedTest
    @EnumSource
    void every_problem_has_a_text_in_both_languages(BackupProblem problem) {
        for (Language language : Language.values()) {
            assertThat(language.has("admin.backups.problem." + problem.key()))
                    .as(language.name())
                    .isTrue();
        }
    }

    @Test
    void a_failure_of_any_kind_has_a_reason_without_the_text_of_its_exception() {
        assertThat(Finding.of(new StorageException("it failed", new AccessDeniedException("/mnt/backups"))))
                .isEqualTo(new Finding(BackupProblem.NO_PERMISSION, "/mnt/backups"));
        assertThat(Finding.of(new ServerException(Message.BACKUP_FOLDER_SILENT)))
                .isEqualTo(new Finding(BackupProblem.FOLDER_SILENT, ""));
        assertThat(Finding.of(new StorageException("a text for the log")))
                .isEqualTo(new Finding(BackupProblem.OTHER, ""));
    }
}
