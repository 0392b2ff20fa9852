package io.verstak.server.storage.postgresql;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.spi.DatabaseMetadata;

/** A connection that takes the stores' SQL: a {@code ?} for each value, where PostgreSQL wants {@code $1}, {@code $2} and so on. */
final class PortableConnection implements SqlConnection {
    private final SqlConnection connection;

    PortableConnection(SqlConnection connection) {
        this.connection = connection;
    }

    /** Numbers the placeholders of a statement. A question mark in quotes or in a comment is not a placeholder. */
    static String numbered(String sql) {
        if (sql.indexOf('?') < 0) {
            return sql;
        }
        StringBuilder numbered = new StringBuilder(sql.length() + 32);
        int values = 0;
        char quote = 0;
        for (int i = 0; i < sql.length(); i++) {
            char next = sql.charAt(i);
            if (quote != 0) {
                quote = next == quote ? 0 : quote;
            } else if (next == '\'' || next == '"') {
                quote = next;
            } else if (next == '?') {
                values++;
                numbered.append('$').append(values);
                continue;
            }
            numbered.append(next);
        }
        return numbered.toString();
    }

    @Override
    public Query<RowSet<Row>> query(String sql) {
        return connection.query(sql);
    }

    @Override
    public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
        return new PortableQuery<>(connection.preparedQuery(numbered(sql)));
    }

    @Override
    public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
        return new PortableQuery<>(connection.preparedQuery(numbered(sql), options));
    }

    @Override
    public Future<PreparedStatement> prepare(String sql) {
        return connection.prepare(numbered(sql));
    }

    @Override
    public Future<PreparedStatement> prepare(String sql, PrepareOptions options) {
        return connection.prepare(numbered(sql), options);
    }

    @Override
    public SqlConnection exceptionHandler(Handler<Throwable> handler) {
        connection.exceptionHandler(handler);
        return this;
    }

    @Override
    public SqlConnection closeHandler(Handler<Void> handler) {
        connection.closeHandler(handler);
        return this;
    }

    @Override
    public Future<Transaction> begin() {
        return connection.begin();
    }

    @Override
    public Transaction transaction() {
        return connection.transaction();
    }

    @Override
    public boolean isSSL() {
        return connection.isSSL();
    }

    @Override
    public DatabaseMetadata databaseMetadata() {
        return connection.databaseMetadata();
    }

    @Override
    public Future<Void> close() {
        return connection.close();
    }
}
