package io.verstak.server.http.web.files;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.content.FileAnswer;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;

/** Sends a file of a vault: to be saved, or to be shown if it is a picture or a PDF. */
public final class FileDownload {
    private final VaultAccess access;
    private final VaultFiles files;
    private final FileContents contents;
    private final FileAnswer answer;

    public FileDownload(VaultAccess access, VaultFiles files, FileContents contents, FileAnswer answer) {
        this.access = access;
        this.files = files;
        this.contents = contents;
        this.answer = answer;
    }

    /** Fails with {@code NOT_FOUND}, and {@code BLOB_UNAVAILABLE} when the bytes are lost. */
    public Future<Void> answer(Request call, SessionIdentity session) {
        boolean show = call.parameter("show").equals("1");
        return VaultView.of(call, session, access)
                .compose(vault -> files.entry(vault.grant().scope(), call.parameter("path"), vault.moment())
                        .compose(entry -> show
                                ? show(call, vault.grant().scope(), entry)
                                : answer.save(call, vault.grant().scope(), entry)));
    }

    private Future<Void> show(Request call, Scope scope, FileEntry entry) {
        if (entry.kind().isFolder()) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return files.content(scope, entry.sequence()).compose(content -> {
            BlobReference blob = content.blob();
            return blob == null
                    ? answer.save(call, scope, entry)
                    : contents.beginning(scope, blob, FileTypes.HEAD)
                            .compose(read -> read.type()
                                    .map(type ->
                                            answer.show(call, scope, entry, blob, type, type.equals(FileTypes.PDF)))
                                    .orElseGet(() -> answer.save(call, scope, entry)));
        });
    }
}
