package io.verstak.server.http.export;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Request;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.vault.OwnVaults;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/** Serves downloads of users' vaults. */
public final class VaultExport {
    /** The vault is a query parameter, since its id may contain characters that a path may not. */
    public static final String VAULT = "vault";

    private static final Pattern NOT_FOR_FILE_NAMES = Pattern.compile("[^A-Za-z0-9._-]+");
    private static final int MAX_NAME = 64;

    private final OwnVaults vaults;
    private final SyncLog log;
    private final BlobStore blobs;
    private final Clock clock;
    private final ExportSlots slots;

    public VaultExport(Vertx vertx, OwnVaults vaults, SyncLog log, BlobStore blobs, Clock clock) {
        this.vaults = vaults;
        this.log = log;
        this.blobs = blobs;
        this.clock = clock;
        this.slots = new ExportSlots(vertx);
    }

    /** Returns the requested vault. Fails with {@code NOT_FOUND} if the user has no such vault. */
    public Future<Void> answer(Request call, SessionIdentity session) {
        String vaultId = call.parameter(VAULT);
        return vaults.export(session, vaultId, call.clientAddress())
                .compose(scope -> slots.send(session.owner(), () -> send(call, scope)));
    }

    private Future<Void> send(Request call, Scope scope) {
        HttpServerResponse response =
                call.download("application/zip", fileName(scope)).setChunked(true);
        return new ArchiveSender(new VaultArchive(log, blobs, scope, clock.instant(), slots.worker()), response).send();
    }

    private String fileName(Scope scope) {
        String safe = NOT_FOR_FILE_NAMES.matcher(scope.vaultId()).replaceAll("-");
        String name = safe.substring(0, Math.min(safe.length(), MAX_NAME));
        return "verstak-%s-%s.zip".formatted(name, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }
}
