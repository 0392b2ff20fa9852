package io.verstak.server.http.api;

import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.content.FileAnswer;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.http.export.FilesExport;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Future;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;

/** The files of a vault for programs, as in section 8 of the wire contract. */
public final class FilesApi {
    /** The parameter of the path with the id of the vault. */
    public static final String VAULT = "vault";

    /** Below it are the addresses of vaults. */
    public static final String VAULTS = "/api/v1/vaults/";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final VaultFiles files;
    private final FileAnswer answer;
    private final FilesExport export;

    record EntryAnswer(
            String path,
            String type,
            long size,
            String sha256,
            long serverSequence,
            String deviceId,
            String changedAt,
            long deletedBy) {}

    record FilesAnswer(
            String vaultId, long at, long serverSequence, long otherChanges, List<EntryAnswer> entries, String next) {}

    record ChangeAnswer(
            long serverSequence,
            String change,
            String path,
            long size,
            String sha256,
            String deviceId,
            String changedAt) {}

    record HistoryAnswer(List<ChangeAnswer> changes, String next) {}

    public FilesApi(VaultFiles files, FileAnswer answer, FilesExport export) {
        this.files = files;
        this.answer = answer;
        this.export = export;
    }

    /** Lists a folder, or what a search finds. */
    public Future<?> list(Request call, Grant vault) {
        call.noStore();
        String path = call.parameter("path");
        String search = call.parameter("search");
        boolean removed = call.parameter("removed").equals("1");
        String after = call.parameter("after");
        return moment(call, vault)
                .compose(moment -> files.state(vault.scope())
                        .compose(state -> (search.isEmpty()
                                        ? files.list(vault.scope(), path, moment, removed, after, limit(call))
                                        : files.search(vault.scope(), search, moment, after, limit(call)))
                                .map(page -> new FilesAnswer(
                                        vault.scope().vaultId(),
                                        Math.min(moment, state.indexed()),
                                        state.head(),
                                        state.otherChanges(),
                                        page.rows().stream()
                                                .map(FilesApi::answer)
                                                .toList(),
                                        page.next()))));
    }

    /** Sends a file. Its path is the rest of the address. */
    public Future<Void> content(Request call, Grant vault) {
        String path = path(call.context().request().path());
        return moment(call, vault)
                .compose(moment -> files.entry(vault.scope(), path, moment))
                .compose(entry -> answer.save(call, vault.scope(), entry));
    }

    /** A vault may be called {@code files}, too: its id ends at the first slash, since one within it is escaped. */
    private static String path(String address) {
        String behindVaults = address.substring(VAULTS.length());
        String path = behindVaults.substring(behindVaults.indexOf('/') + "/files/".length());
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        }
    }

    public Future<?> history(Request call, Grant vault) {
        call.noStore();
        return files.history(vault.scope(), call.parameter("path"), call.parameter("after"), limit(call))
                .map(page -> new HistoryAnswer(
                        page.rows().stream().map(FilesApi::answer).toList(), page.next()));
    }

    /** Sends the vault, or a folder of it, as a ZIP of plain files. */
    public Future<Void> snapshot(Request call, Grant vault) {
        return moment(call, vault).compose(moment -> export.send(call, vault, call.parameter("path"), moment));
    }

    /** Reads the moment: a sequence, or a time. Fails with {@code INVALID_REQUEST}. */
    private Future<Long> moment(Request call, Grant vault) {
        String at = call.parameter("at");
        if (at.isEmpty()) {
            return Future.succeededFuture(VaultFiles.HEAD);
        }
        if (at.matches("[0-9]{1,18}")) {
            return Future.succeededFuture(Long.parseLong(at));
        }
        try {
            // A plus in a query is a blank.
            long time = OffsetDateTime.parse(at.replace(' ', '+')).toInstant().toEpochMilli();
            return files.momentAt(vault.scope(), time);
        } catch (DateTimeException | ArithmeticException none) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
    }

    private static int limit(Request call) {
        String limit = call.parameter("limit");
        if (limit.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) == 0) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        }
        return Math.min(Integer.parseInt(limit), MAX_LIMIT);
    }

    private static EntryAnswer answer(FileEntry entry) {
        return new EntryAnswer(
                entry.path(),
                switch (entry.kind()) {
                    case FOLDER -> "folder";
                    case DEAL -> "deal";
                    case TEXT, BLOB -> "file";
                },
                entry.size(),
                entry.sha256() == null ? "" : entry.sha256().hex(),
                entry.sequence(),
                entry.deviceId(),
                time(entry.changedAt()),
                entry.deletedBy());
    }

    private static ChangeAnswer answer(FileVersion version) {
        return new ChangeAnswer(
                version.sequence(),
                version.change().name().toLowerCase(Locale.ROOT),
                version.path(),
                version.size(),
                version.sha256() == null ? "" : version.sha256().hex(),
                version.deviceId(),
                time(version.changedAt()));
    }

    private static String time(long millis) {
        return Times.textOrEmpty(millis == 0 ? null : millis);
    }
}
