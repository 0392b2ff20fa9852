package io.verstak.server.storage.postgresql;

import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.StorageException;
import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * The message for an operator whose PostgreSQL cannot be used: one line that names the key to change. It has no
 * password, since neither the address nor what PostgreSQL answers has one.
 */
final class PostgresRefusal {
    /** Sessions are more to this server than a way to send statements. */
    static final String POOLER =
            "a pooler such as pgbouncer is in between, and drops the settings of sessions; name PostgreSQL itself, host and port:"
                    + " prepared statements, settings and LISTEN need sessions of their own";

    private static final String STARTING = "57P03";

    private PostgresRefusal() {}

    /** Returns the refusal of a start that failed like this. */
    static StorageException of(PostgresAccess access, Throwable failure) {
        return failure instanceof StorageException refusal
                ? refusal
                : new StorageException("database.url %s: %s".formatted(access.url(), reason(access, failure)));
    }

    /** Returns whether PostgreSQL has not answered yet, or is starting. */
    static boolean mayPass(Throwable failure) {
        if (failure instanceof PgException refused) {
            return STARTING.equals(refused.getSqlState());
        }
        return isTimeout(failure) || (failure.getCause() != null && mayPass(failure.getCause()));
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof TimeoutException || "timeout".equalsIgnoreCase(failure.getMessage());
    }

    /** Returns why PostgreSQL cannot be used. */
    static String reason(PostgresAccess access, Throwable failure) {
        if (failure instanceof StorageException refusal) {
            return String.valueOf(refusal.getMessage());
        }
        if (failure instanceof PgException refused) {
            return reason(access, refused);
        }
        // The client of Vert.x drops the cause of a failed handshake.
        String message = String.valueOf(failure.getMessage());
        if (message.contains("SSL handshake failed") || failure instanceof SSLException) {
            return "the encrypted connection failed: the certificate is not for this host, or no known authority signed it; see"
                    + " database.url, database.tls (%s) and database.caFile".formatted(access.tls());
        }
        if (message.contains("does not handle SSL")) {
            return "PostgreSQL encrypts no connections; switch it on there (ssl = on), or set database.tls to disable if nobody can"
                    + " listen between the two";
        }
        if (failure instanceof UnknownHostException) {
            return "the host name cannot be resolved";
        }
        if (failure instanceof ConnectException) {
            return "nothing answers there; is PostgreSQL running, and does it listen on this address?";
        }
        if (failure instanceof IllegalArgumentException && access.password().isEmpty()) {
            // The client takes no empty password for SCRAM.
            return "the password of user %s is wrong: none is set; see database.passwordFile".formatted(access.user());
        }
        if (isTimeout(failure)) {
            return "no answer in time";
        }
        return FailureReason.of(failure);
    }

    private static String reason(PostgresAccess access, PgException refused) {
        String state = Objects.requireNonNullElse(refused.getSqlState(), "");
        String text = "%s (%s)".formatted(refused.getErrorMessage(), state);
        return switch (state) {
            case "28P01" ->
                "the password of user %s is wrong, or there is no such user; see database.user and database.passwordFile"
                        .formatted(access.user());
            case "28000" -> "user %s may not connect from here: %s".formatted(access.user(), text);
            case "3D000" ->
                "there is no such database; create it with CREATE DATABASE %s OWNER %s ENCODING 'UTF8' TEMPLATE template0"
                        .formatted(access.address().name(), access.user());
            case "53300" -> "PostgreSQL has no connection left; raise max_connections, or lower database.poolSize";
            case "08P01" -> text.contains("unsupported startup parameter") ? POOLER : text;
            case STARTING -> "PostgreSQL is starting or stopping; try again";
            default -> text;
        };
    }
}
