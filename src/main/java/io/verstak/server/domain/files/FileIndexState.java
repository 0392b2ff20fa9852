package io.verstak.server.domain.files;

/**
 * How far the index of a vault's files has come.
 *
 * @param indexed the sequence of the last op that it contains
 * @param head the sequence of the last op of the log
 * @param otherChanges ops that change no file: records of plugins, orders of the tree, and what could not be read
 */
public record FileIndexState(long indexed, long head, long otherChanges) {

    public boolean isComplete() {
        return indexed >= head;
    }
}
