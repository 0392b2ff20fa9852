package io.verstak.server.storage.mail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.SecretBox;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores mails that have not been sent yet. Times are milliseconds since the epoch. */
public final class OutboxStore {
    private static final String COLUMNS =
            "id, kind, recipient, language, sealed, state, attempts, first_try, next_try, created_at, expires_at, last_error";
    private static final String DUE = "state = 'waiting' AND next_try <= ? AND expires_at > ?";

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, String>> VARIABLES = new TypeReference<>() {};

    private final Database database;
    private final SecretBox secrets;

    public OutboxStore(Database database, SecretBox secrets) {
        this.database = database;
        this.secrets = secrets;
    }

    /** Queues a mail as {@link #add(SqlConnection, NewMail)} does, in its own transaction. */
    public Future<Void> add(NewMail mail) {
        return database.write(connection -> add(connection, mail));
    }

    /**
     * Queues a mail in the transaction that it reports on; wake the outbox after the commit. Replaces a waiting mail of
     * the same kind to the same recipient, whose link the new one has invalidated.
     */
    public Future<Void> add(SqlConnection connection, NewMail mail) {
        return Rows.run(
                        connection,
                        "DELETE FROM outbox WHERE recipient = ? AND kind = ?",
                        mail.recipient(),
                        mail.kind())
                .compose(gone -> addBeside(connection, mail));
    }

    /** Works as {@link #add(SqlConnection, NewMail)}, and leaves other mails of the kind to the recipient as they are. */
    public Future<Void> addBeside(SqlConnection connection, NewMail mail) {
        return Rows.run(
                connection,
                """
                        INSERT INTO outbox (id, kind, recipient, language, sealed, state, next_try, created_at,
                          expires_at) VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?)""",
                mail.id(),
                mail.kind(),
                mail.recipient(),
                mail.language(),
                secrets.seal(json(mail.variables()), mail.id()),
                mail.createdAt(),
                mail.createdAt(),
                mail.expiresAt());
    }

    /**
     * Claims mails that are due, oldest first. Each claim counts as a try, and no other process gets the mail before
     * {@code leaseEnd}, by when the try or its process must have ended. Writes nothing when no mail is due.
     */
    public Future<List<QueuedMail>> claim(long now, long leaseEnd, int limit) {
        return database.read(connection -> due(connection, now, limit))
                .compose(due -> due.isEmpty()
                        ? Future.succeededFuture(List.of())
                        : database.write(connection ->
                                due(connection, now, limit).compose(mails -> lease(connection, mails, now, leaseEnd))));
    }

    private Future<List<QueuedMail>> due(SqlConnection connection, long now, int limit) {
        return Rows.list(
                connection,
                "SELECT " + COLUMNS + " FROM outbox WHERE " + DUE + " ORDER BY next_try, id LIMIT ?",
                this::mail,
                now,
                now,
                limit);
    }

    private static Future<List<QueuedMail>> lease(
            SqlConnection connection, List<QueuedMail> mails, long now, long leaseEnd) {
        List<QueuedMail> leased = new ArrayList<>();
        Future<Void> done = Future.succeededFuture();
        for (QueuedMail mail : mails) {
            // The count of tries shows whether another node was faster.
            done = done.compose(next -> Rows.update(
                            connection, """
                                    UPDATE outbox SET attempts = attempts + 1, first_try = COALESCE(first_try, ?), next_try = ?
                                    WHERE id = ? AND attempts = ? AND state = 'waiting'""", now, leaseEnd, mail.mail().id(), mail.attempts()))
                    .map(rows -> rows == 1 && leased.add(mail.begun(now, leaseEnd)))
                    .mapEmpty();
        }
        return done.map(leased);
    }

    /** Deletes a mail that the SMTP server has accepted, or that nobody wants any more. */
    public Future<Void> delete(String id) {
        return database.run("DELETE FROM outbox WHERE id = ?", id);
    }

    /**
     * Records a failed try and when the next one is due.
     *
     * @param error why it failed, without secrets
     */
    public Future<Void> postpone(String id, long nextTry, String error) {
        return database.run("UPDATE outbox SET next_try = ?, last_error = ? WHERE id = ?", nextTry, error, id);
    }

    /** Gives a mail up. The administrator still sees it and can copy its link. */
    public Future<Void> fail(String id, String error) {
        return database.run("UPDATE outbox SET state = 'failed', last_error = ? WHERE id = ?", error, id);
    }

    /** Resets a mail as if it had never been tried. */
    public Future<Void> retry(String id, long now) {
        return database.run(
                "UPDATE outbox SET state = 'waiting', first_try = NULL, next_try = ? WHERE id = ?", now, id);
    }

    /** Makes all waiting mails due, for instance because another SMTP server may accept them; not those being sent. */
    public Future<Void> hasten(long now, long leaseEnd) {
        return database.run("UPDATE outbox SET next_try = ? WHERE state = 'waiting' AND next_try > ?", now, leaseEnd);
    }

    /** Gives up expired mails, and deletes those that expired before {@code forgotten}. */
    public Future<Void> tidy(long now, long forgotten) {
        return database.exist(
                        "SELECT 1 FROM outbox WHERE expires_at <= ? AND (state = 'waiting' OR expires_at <= ?) LIMIT 1",
                        now,
                        forgotten)
                .compose(found -> found
                        ? database.write(connection -> Rows.run(
                                        connection, "DELETE FROM outbox WHERE expires_at <= ?", forgotten)
                                .compose(gone -> Rows.run(
                                        connection, "UPDATE outbox SET state = 'failed' WHERE expires_at <= ?", now)))
                        : Future.succeededFuture());
    }

    /** Returns the number of waiting and failed mails. */
    public Future<Long> count() {
        return database.only("SELECT COUNT(*) AS mails FROM outbox", row -> row.getLong("mails"));
    }

    /** Returns waiting and failed mails, latest first. */
    public Future<List<QueuedMail>> list(long offset, int limit) {
        return database.list(
                "SELECT " + COLUMNS + " FROM outbox ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
                this::mail,
                limit,
                offset);
    }

    private QueuedMail mail(Row row) {
        Optional<String> opened = secrets.open(row.getString("sealed"), row.getString("id"));
        @Nullable Long firstTry = row.getLong("first_try");
        return new QueuedMail(
                new NewMail(
                        row.getString("id"),
                        row.getString("kind"),
                        row.getString("recipient"),
                        row.getString("language"),
                        opened.map(OutboxStore::variables).orElse(Map.of()),
                        row.getLong("created_at"),
                        row.getLong("expires_at")),
                opened.isPresent(),
                row.getString("state").equals("failed"),
                row.getInteger("attempts"),
                firstTry == null ? 0 : firstTry,
                row.getLong("next_try"),
                row.getString("last_error"));
    }

    private static String json(Map<String, String> variables) {
        try {
            return JSON.writeValueAsString(variables);
        } catch (JsonProcessingException e) {
            throw new LinkageError("every map of strings is JSON", e);
        }
    }

    private static Map<String, String> variables(String json) {
        try {
            return JSON.readValue(json, VARIABLES);
        } catch (JsonProcessingException e) {
            throw new LinkageError("what opens is what was sealed", e);
        }
    }
}
