package io.verstak.server.files.restore;

import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.TrashedDeal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be pushed so that a vault has some files of before, at a head of its log.
 *
 * @param head the sequence of the last op that was looked at
 * @param steps a folder before what is in it
 * @param unchanged the number of files that are as they were
 * @param leftOut what cannot come back
 */
public record RestorePlan(long head, List<Step> steps, int unchanged, List<LeftOut> leftOut) {

    /** What is done at a path. */
    public enum Kind {
        MAKE_FOLDER,
        /** From the trash, with all that was in it then; what else is to come back, the next plan knows. */
        RESTORE_DEAL,
        CREATE,
        UPDATE
    }

    /**
     * What is done at a path.
     *
     * @param entry what the path had then
     * @param deal the Deal that is restored; null: the step is another one
     */
    public record Step(Kind kind, FileEntry entry, @Nullable TrashedDeal deal) {
        Step(Kind kind, FileEntry entry) {
            this(kind, entry, null);
        }

        boolean isFile() {
            return kind == Kind.CREATE || kind == Kind.UPDATE;
        }
    }

    /** Why something does not come back. */
    public enum Reason {
        /** A file is where a folder was, or a folder where a file was. */
        OCCUPIED,
        /** Its bytes are gone or damaged. */
        LOST,
        /** A Deal that has another name now. */
        ELSEWHERE
    }

    public record LeftOut(String path, Reason reason) {}

    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** Returns how many files come back. */
    public long files() {
        return steps.stream().filter(Step::isFile).count();
    }

    /** Returns the names of the Deals that come back from the trash. */
    public List<String> deals() {
        return steps.stream()
                .filter(step -> step.kind() == Kind.RESTORE_DEAL)
                .map(step -> step.entry().name())
                .toList();
    }

    /** Returns the size of the files that come back, in bytes. */
    public long bytes() {
        return steps.stream().mapToLong(step -> step.entry().size()).sum();
    }

    /** Returns how many files that are there get their earlier content. */
    public long updates() {
        return steps.stream().filter(step -> step.kind() == Kind.UPDATE).count();
    }
}
