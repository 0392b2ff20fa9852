package io.verstak.server.storage.mail;

import io.verstak.server.storage.AuditEntry.Details;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries of the audit log that somebody is to be told of into mails of the outbox. The entry was written with its event; it
 * stops being due in the transaction that queues its mail, so that a crash loses none, and several nodes send one.
 */
public final class NoticeStore {
    /** How many mails about events a user gets in an hour of the clock. */
    public static final int MAILS_PER_HOUR = 6;

    /** Who takes an account over must not be able to use up the mails that tell of it. */
    private static final int GRAVE_PER_HOUR = 30;

    private static final Set<String> GRAVE = Set.of(
            "password_reset",
            "password_changed",
            "password_set",
            "password_removed",
            "second_factor_removed",
            "second_factor_reset",
            "passkey_added",
            "passkey_removed",
            "identity_joined",
            "vault_deletion_asked",
            "vault_deletion_set",
            "vault_handed_over");

    private static final int BATCH = 50;
    private static final String DUE = "FROM audit_log WHERE told = 1";

    private final Database database;
    private final OutboxStore outbox;

    /**
     * An event that a user is told of.
     *
     * @param type the event, as in the audit log
     * @param at milliseconds since the epoch
     * @param last whether no more mails follow in this hour
     */
    public record Notice(
            String type,
            String address,
            Details details,
            long at,
            String username,
            String email,
            String language,
            boolean last) {}

    /** @param user empty: nobody gets a mail, since there is no such user or the address is not confirmed */
    private record Due(
            long id, String type, String userId, String address, Details details, long at, Optional<User> user) {
        Notice notice(User to, boolean last) {
            return new Notice(type, address, details, at, to.name(), to.email(), to.language(), last);
        }
    }

    private record User(String name, String email, String language) {}

    public NoticeStore(Database database, OutboxStore outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    /**
     * Queues the mails of some events, oldest first. Writes nothing when no event is due.
     *
     * @param byMail whether mails can be sent; if not, the events are told of by their lines only
     * @param writer returns the mail; empty if the address cannot get one
     * @return whether more may be due
     */
    public Future<Boolean> queue(long now, boolean byMail, Function<Notice, Optional<NewMail>> writer) {
        return database.exist("SELECT 1 " + DUE + " LIMIT 1")
                .compose(any -> any
                        ? database.write(connection -> due(connection)
                                .compose(due -> queue(connection, due, now, byMail, writer)
                                        .map(due.size() == BATCH)))
                        : Future.succeededFuture(false));
    }

    private static Future<List<Due>> due(SqlConnection connection) {
        return Rows.list(connection, """
                        SELECT a.id, a.type, a.user_id, a.address, a.administrator, a.subject, a.agent, a.method, a.created_at,
                          u.username, u.email, u.language
                        FROM (SELECT * %s ORDER BY id LIMIT %s) AS a
                        LEFT JOIN users u ON u.id = a.user_id AND u.confirmed = 1 ORDER BY a.id""".formatted(DUE, BATCH), NoticeStore::due);
    }

    private static Due due(Row row) {
        @Nullable String username = row.getString("username");
        return new Due(
                row.getLong("id"),
                row.getString("type"),
                row.getString("user_id"),
                row.getString("address"),
                new Details(
                        row.getString("administrator"),
                        row.getString("subject"),
                        row.getString("agent"),
                        row.getString("method")),
                row.getLong("created_at"),
                username == null
                        ? Optional.empty()
                        : Optional.of(new User(username, row.getString("email"), row.getString("language"))));
    }

    private Future<Void> queue(
            SqlConnection connection,
            List<Due> all,
            long now,
            boolean byMail,
            Function<Notice, Optional<NewMail>> writer) {
        Future<Void> done = Future.succeededFuture();
        for (Due due : all) {
            done = done.compose(before -> byMail && due.user().isPresent()
                            ? count(connection, due.userId(), now)
                                    .compose(mails ->
                                            mails > (GRAVE.contains(due.type()) ? GRAVE_PER_HOUR : MAILS_PER_HOUR)
                                                    ? Future.<Void>succeededFuture()
                                                    : add(
                                                            connection,
                                                            writer.apply(due.notice(
                                                                    due.user().get(), mails == MAILS_PER_HOUR))))
                            : Future.<Void>succeededFuture())
                    .compose(queued -> Rows.run(connection, "UPDATE audit_log SET told = 2 WHERE id = ?", due.id()));
        }
        return done;
    }

    /** Returns how many mails the user gets in this hour, with the next one. */
    private static Future<Long> count(SqlConnection connection, String userId, long now) {
        String sql = """
                INSERT INTO notices (realm, owner, mail_hour, mails) VALUES ('user', ?, ?, 1)
                ON CONFLICT (realm, owner) DO UPDATE SET mail_hour = excluded.mail_hour,
                  mails = CASE WHEN notices.mail_hour = excluded.mail_hour THEN notices.mails + 1 ELSE 1 END
                RETURNING mails""";
        return Rows.only(connection, sql, row -> row.getLong("mails"), userId, TimeUnit.MILLISECONDS.toHours(now));
    }

    private Future<Void> add(SqlConnection connection, Optional<NewMail> mail) {
        return mail.isPresent() ? outbox.addBeside(connection, mail.get()) : Future.succeededFuture();
    }
}
