package io.verstak.server.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileIndexState;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.domain.files.TrashedDeal;
import io.verstak.server.domain.listing.Page;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * The files of a vault, now and at any moment of its log. May be called on any context; futures complete there. A moment is the
 * sequence of the last op that counts; {@link #HEAD} is the latest. Paths are compared as they were sent: NFC and NFD are two.
 *
 * <p>Every call fails with {@code UNAVAILABLE} while the index has not come to the moment that is asked for, and begins to bring it
 * there; {@link #state} says how far it is. The caller has made sure that the person may read the vault.
 */
public interface VaultFiles {
    /** The moment after the last op. */
    long HEAD = Long.MAX_VALUE;

    /** Returns how far the index is. Waits for up to two seconds while it is not complete. */
    Future<FileIndexState> state(Scope scope);

    /**
     * Returns the entries of a folder, folders first, then by name. Fails with {@code NOT_FOUND} if there is no such folder at
     * that moment.
     *
     * @param path empty: the vault itself
     * @param after the {@code next} of the page before; empty: the first page
     * @param removed whether to list what is no longer there at that moment, too
     * @param limit at most 1,000 entries
     */
    Future<Page<FileEntry>> list(Scope scope, String path, long moment, boolean removed, String after, int limit);

    /** Returns a file or folder; empty if there is none at that moment. */
    Future<Optional<FileEntry>> find(Scope scope, String path, long moment);

    /** As {@link #find}, and fails with {@code NOT_FOUND} if there is none. */
    Future<FileEntry> entry(Scope scope, String path, long moment);

    /**
     * Returns what happened to a path, the latest first, with what the file that is there now was called before. Empty for a
     * path that never was.
     */
    Future<Page<FileVersion>> history(Scope scope, String path, String after, int limit);

    /** Returns files and folders whose name contains a text, in any case. Each page is in the order of its paths. */
    Future<Page<FileEntry>> search(Scope scope, String text, long moment, String after, int limit);

    /**
     * Returns everything below a folder, or the file itself: a folder before what is in it. Fails with {@code NOT_FOUND}.
     *
     * @param after the {@code next} of the page before; empty: the first page
     */
    Future<Page<FileEntry>> walk(Scope scope, String path, long moment, String after, int limit);

    /** Returns the content that the op of this sequence gave to a file. Fails with {@code NOT_FOUND} if it gave none. */
    Future<FileContent> content(Scope scope, long sequence);

    /** Returns the Deal that the op of this sequence has put into the trash; empty: it has done something else. */
    Future<Optional<TrashedDeal>> trashed(Scope scope, long sequence);

    /** Returns the sequence of the last op up to a time, in milliseconds since the epoch; 0 if it is before the first op. */
    Future<Long> momentAt(Scope scope, long time);

    /** Returns the time of the last op up to a moment, in milliseconds since the epoch; 0 before the first op. */
    Future<Long> timeAt(Scope scope, long moment);
}
