package io.verstak.server.storage.postgresql;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collector;

/**
 * A query whose texts may contain U+0000. PostgreSQL stores no such text and refuses it as a value; compared as NULL it equals no stored text
 * and lies in no range. A column that a text is written to takes no NULL.
 */
final class PortableQuery<R> implements PreparedQuery<R> {
    private final PreparedQuery<R> query;

    PortableQuery(PreparedQuery<R> query) {
        this.query = query;
    }

    private static Tuple portable(Tuple values) {
        for (int i = 0; i < values.size(); i++) {
            if (isUnstorable(values.getValue(i))) {
                return replaced(values);
            }
        }
        return values;
    }

    private static Tuple replaced(Tuple values) {
        Tuple portable = Tuple.tuple();
        for (int i = 0; i < values.size(); i++) {
            Object value = values.getValue(i);
            portable.addValue(isUnstorable(value) ? null : value);
        }
        return portable;
    }

    private static boolean isUnstorable(Object value) {
        return value instanceof String text && text.indexOf('\0') >= 0;
    }

    @Override
    public Future<R> execute() {
        return query.execute();
    }

    @Override
    public Future<R> execute(Tuple values) {
        return query.execute(portable(values));
    }

    @Override
    public Future<R> executeBatch(List<Tuple> batch) {
        return query.executeBatch(batch.stream().map(PortableQuery::portable).toList());
    }

    @Override
    public <S> PreparedQuery<SqlResult<S>> collecting(Collector<Row, ?, S> collector) {
        return new PortableQuery<>(query.collecting(collector));
    }

    @Override
    public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
        return new PortableQuery<>(query.mapping(mapper));
    }
}
