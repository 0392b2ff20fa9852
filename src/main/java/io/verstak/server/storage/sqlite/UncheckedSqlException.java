package io.verstak.server.storage.sqlite;

import java.io.Serial;
import java.sql.SQLException;

/** Carries a failure of the database through code that does not know SQL. */
public final class UncheckedSqlException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UncheckedSqlException(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}
