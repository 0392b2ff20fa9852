package io.verstak.server.http.export;

import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.vault.OwnVaults;
import io.verstak.server.vault.OwnVaults.Overview;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Exports a user's account as JSON: everything but the contents of the vaults, which have their own downloads. */
public final class AccountExport {
    private final OwnAccount account;
    private final OwnVaults vaults;
    private final Sessions sessions;
    private final Clock clock;

    record Document(
            int format,
            String exportedAt,
            Account account,
            long storedBytes,
            long quotaBytes,
            List<Vault> vaults,
            List<Device> devices,
            List<Session> sessions,
            List<Day> activity) {}

    record Account(
            String userId,
            String username,
            String email,
            String wantedEmail,
            String language,
            String createdAt,
            String deleteAfter) {}

    record Vault(
            String vaultId,
            String name,
            long serverSequence,
            long operations,
            long devices,
            long blobBytes,
            String lastPush,
            String createdAt,
            String deleteAfter) {}

    record Device(
            String id,
            String name,
            String clientVersion,
            String vaultId,
            long operationsBehind,
            String lastSeen,
            String revokedAt,
            String createdAt) {}

    record Session(String id, String address, String userAgent, String createdAt, String lastUsedAt) {}

    record Day(String day, long operations) {}

    public AccountExport(OwnAccount account, OwnVaults vaults, Sessions sessions, Clock clock) {
        this.account = account;
        this.vaults = vaults;
        this.sessions = sessions;
        this.clock = clock;
    }

    public Future<Void> answer(Request call, SessionIdentity session) {
        Future<Profile> profile = account.profile(session);
        Future<Overview> overview = vaults.overview(session);
        Future<List<SessionView>> open = sessions.sessions(session);
        return Future.all(profile, overview, open)
                .compose(read -> call.download("application/json", "verstak-account.json")
                        .end(Json.write(document(profile.result(), overview.result(), open.result()))));
    }

    private Document document(Profile profile, Overview overview, List<SessionView> open) {
        return new Document(
                1,
                Times.text(clock.millis()),
                new Account(
                        profile.userId(),
                        profile.username(),
                        profile.email(),
                        profile.wantedEmail() == null ? "" : profile.wantedEmail(),
                        profile.language(),
                        Times.textOrEmpty(profile.createdAt()),
                        Times.textOrEmpty(profile.deleteAfter())),
                overview.usedBytes(),
                overview.quotaBytes(),
                overview.vaults().stream()
                        .map(vault -> new Vault(
                                vault.vaultId(),
                                vault.name(),
                                vault.head(),
                                vault.operations(),
                                vault.devices(),
                                vault.blobBytes(),
                                Times.textOrEmpty(vault.lastPush()),
                                Times.textOrEmpty(vault.createdAt()),
                                Times.textOrEmpty(vault.deleteAfter())))
                        .toList(),
                overview.devices().stream()
                        .map(device -> new Device(
                                device.id(),
                                device.name(),
                                device.clientVersion(),
                                device.vaultId(),
                                device.sync().waiting(),
                                Times.textOrEmpty(device.lastSeen()),
                                Times.textOrEmpty(device.revokedAt()),
                                Times.textOrEmpty(device.createdAt())))
                        .toList(),
                open.stream()
                        .map(session -> new Session(
                                session.id(),
                                session.address(),
                                session.userAgent(),
                                Times.textOrEmpty(session.createdAt()),
                                Times.textOrEmpty(session.lastUsedAt())))
                        .toList(),
                overview.days().stream()
                        .map(day -> new Day(
                                Instant.ofEpochMilli(day.startsAt())
                                        .atOffset(ZoneOffset.UTC)
                                        .toLocalDate()
                                        .toString(),
                                day.operations()))
                        .toList());
    }
}
