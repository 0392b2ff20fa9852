package io.verstak.server.files.restore;

import io.verstak.server.domain.files.FileEntry;
import java.util.List;

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
        CREATE,
        UPDATE
    }

    /** @param entry what the path had then */
    public record Step(Kind kind, FileEntry entry) {}

    /** Why something does not come back. */
    public enum Reason {
        /** A file is where a folder was, or a folder where a file was. */
        OCCUPIED,
        /** Its bytes are gone or damaged. */
        LOST,
        /** A Deal in the trash, from where a desktop restores it with all that it knows of it. */
        IN_TRASH
    }

    public record LeftOut(String path, Reason reason) {}

    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /** Returns how many files come back. */
    public long files() {
        return steps.stream().filter(step -> step.kind() != Kind.MAKE_FOLDER).count();
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
