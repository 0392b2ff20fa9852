package io.verstak.server.importer;

import io.verstak.server.domain.Sha256;
import io.verstak.server.importer.UserImport.Person;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Imports sessions and mailed links that have not expired. */
final class SessionImport {
    private static final int ID_DIGITS = 24;

    private final GoDatabase source;
    private final AccountBulkLoader target;
    private final UserImport people;
    private final ImportReport report;
    private final long now;

    SessionImport(GoDatabase source, AccountBulkLoader target, UserImport people, ImportReport report, long now) {
        this.source = source;
        this.target = target;
        this.people = people;
        this.report = report;
        this.now = now;
    }

    void sessions() {
        source.each("server_sessions", "", row -> {
            report.found(ImportedEntity.SESSIONS);
            session(row);
        });
    }

    private void session(GoRow row) throws SQLException {
        String hash = row.text("token_hash").strip().toLowerCase(Locale.ROOT);
        String subject = row.text("subject_id");
        boolean administrators = row.text("scope").equals("admin");
        if (row.time("expires_at", 0) <= now) {
            report.leave(ImportedEntity.SESSIONS, "expired", 1);
        } else if (Sha256.parse(hash).isEmpty()) {
            report.lose(ImportedEntity.SESSIONS, "not a token's hash", subject);
        } else if (!administrators && !row.text("scope").equals("user")) {
            report.lose(ImportedEntity.SESSIONS, "neither a user's nor an administrator's", subject);
        } else if (administrators ? !people.isAdministrator(subject) : people.person(subject) == null) {
            report.leave(ImportedEntity.SESSIONS, "the owner no longer exists", 1);
        } else if (!administrators && isBlocked(subject)) {
            report.leave(ImportedEntity.SESSIONS, "the owner is blocked", 1);
        } else {
            String owner = administrators ? target.ownerOfSessions(subject) : subject;
            // The owner is not to blame for the time in which no server ran: the session counts as used just now.
            Session session = new Session(
                    hash,
                    Sha256.of(hash.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_DIGITS),
                    owner,
                    "",
                    "",
                    row.time("created_at", now),
                    now,
                    row.time("expires_at", now),
                    0,
                    false,
                    "");
            if (target.session(administrators ? Realm.ADMINISTRATOR : Realm.USER, session)) {
                report.imported(ImportedEntity.SESSIONS);
            } else {
                report.leave(ImportedEntity.SESSIONS, "listed twice", 1);
            }
        }
    }

    private boolean isBlocked(String userId) {
        @Nullable Person person = people.person(userId);
        return person != null && person.blocked();
    }

    /** The latest token of a user and purpose comes first and invalidates the others. */
    void emailTokens() {
        source.each("server_email_tokens", "ORDER BY expires_at DESC, created_at DESC", row -> {
            report.found(ImportedEntity.EMAIL_TOKENS);
            emailToken(row);
        });
    }

    private void emailToken(GoRow row) throws SQLException {
        @Nullable Purpose purpose = AccountBulkLoader.purpose(row.text("purpose"));
        @Nullable Person person = people.person(row.text("user_id"));
        if (row.time("expires_at", 0) <= now) {
            report.leave(ImportedEntity.EMAIL_TOKENS, "expired", 1);
        } else if (person == null) {
            report.leave(ImportedEntity.EMAIL_TOKENS, "the user no longer exists", 1);
        } else if (purpose == null || hash(row).isEmpty()) {
            report.lose(ImportedEntity.EMAIL_TOKENS, "not a token for a confirmation or a reset", row.text("user_id"));
        } else if (target.emailToken(
                new EmailToken(hash(row), purpose, row.text("user_id"), person.email(), row.time("expires_at", 0)))) {
            report.imported(ImportedEntity.EMAIL_TOKENS);
        } else {
            report.leave(ImportedEntity.EMAIL_TOKENS, "replaced by a newer one", 1);
        }
    }

    /** Older releases kept the token itself. */
    private static String hash(GoRow row) throws SQLException {
        String hash = row.text("token_hash").strip().toLowerCase(Locale.ROOT);
        String token = row.text("token");
        if (Sha256.parse(hash).isPresent()) {
            return hash;
        }
        return token.isBlank()
                ? ""
                : Sha256.of(token.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
