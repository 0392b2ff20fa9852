package io.verstak.bench.limit;

import io.verstak.bench.server.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The rows that an op is in the embedded engine's log, in a copy of its tables, with keys drawn as a push draws
 * them.
 */
final class LogRows implements AutoCloseable {
    private static final int SAMPLES = 10_000;
    private static final int SHARED_ENTITIES = 1000;

    private final SplittableRandom random = new SplittableRandom();
    private final Table ops;
    private final Table keys;
    private final Table entities;
    private final List<Object[]> opSamples;
    private final Object[] key;
    private final Object[] entity;
    private final PreparedStatement insertOp;
    private final PreparedStatement insertKey;
    private final PreparedStatement insertEntity;
    private final PreparedStatement updateScope;
    private final long[] heads;
    private int next;

    /** What is new in the rows of an op. */
    private record NewRow(int vault, long sequence, long opKey, long entityKey) {}

    private LogRows(Connection server, Connection raw, int vaults) throws SQLException {
        ops = Table.of(server, "ops");
        keys = Table.of(server, "op_keys");
        entities = Table.of(server, "entities");
        opSamples = ops.rows("LIMIT " + SAMPLES);
        key = keys.rows("LIMIT 1").get(0);
        entity = entities.rows("LIMIT 1").get(0);
        heads = new long[vaults];
        copyScopes(Table.of(server, "scopes"), raw);
        insertOp = ops.createIn(raw).insert();
        insertKey = keys.createIn(raw).insert();
        insertEntity = entities.createIn(raw).insertOrReplace();
        updateScope = raw.prepareStatement(
                "UPDATE scopes SET head = ?, counter = head, operations = head, last_push = ? WHERE id = ?");
    }

    /** Makes the server's tables in the raw database, empty but for one scope per vault. */
    static LogRows copy(Connection server, Connection raw, int vaults) throws SQLException {
        return new LogRows(server, raw, vaults);
    }

    /** Inserts the rows of so many new ops, taking the vaults in turn. */
    void insert(int count) throws SQLException {
        List<NewRow> rows = new ArrayList<>(count);
        for (int op = 0; op < count; op++) {
            int vault = (op + next) % heads.length;
            rows.add(new NewRow(vault, ++heads[vault], random.nextLong(), entityKey()));
        }
        next += count % heads.length;
        rows.sort(Comparator.comparingInt(NewRow::vault).thenComparingLong(NewRow::sequence));
        for (NewRow row : rows) {
            addOp(row);
        }
        rows.sort(Comparator.comparingInt(NewRow::vault).thenComparingLong(NewRow::opKey));
        for (NewRow row : rows) {
            addKey(row);
        }
        rows.sort(Comparator.comparingInt(NewRow::vault).thenComparingLong(NewRow::entityKey));
        for (NewRow row : rows) {
            addEntity(row);
        }
        insertOp.executeBatch();
        insertKey.executeBatch();
        insertEntity.executeBatch();
        updateScopes(Math.min(count, heads.length));
    }

    private long entityKey() {
        boolean shared = random.nextInt(8) == 0;
        return shared ? random.nextInt(SHARED_ENTITIES) * (Long.MAX_VALUE / SHARED_ENTITIES) : random.nextLong();
    }

    private void addOp(NewRow row) throws SQLException {
        Object[] op = opSamples.get(random.nextInt(opSamples.size()));
        op[ops.column("scope_id")] = row.vault();
        op[ops.column("seq")] = row.sequence();
        addTo(insertOp, op);
    }

    private void addKey(NewRow row) throws SQLException {
        key[keys.column("scope_id")] = row.vault();
        key[keys.column("op_key")] = row.opKey();
        key[keys.column("seq")] = row.sequence();
        addTo(insertKey, key);
    }

    private void addEntity(NewRow row) throws SQLException {
        entity[entities.column("scope_id")] = row.vault();
        entity[entities.column("entity_key")] = row.entityKey();
        entity[entities.column("last_seq")] = row.sequence();
        addTo(insertEntity, entity);
    }

    private void updateScopes(int count) throws SQLException {
        for (int vault = 0; vault < count; vault++) {
            updateScope.setLong(1, heads[vault]);
            updateScope.setLong(2, System.currentTimeMillis());
            updateScope.setLong(3, vault);
            updateScope.addBatch();
        }
        updateScope.executeBatch();
    }

    private void copyScopes(Table scopes, Connection raw) throws SQLException {
        Object[] scope = scopes.rows("LIMIT 1").get(0);
        try (PreparedStatement insert = scopes.createIn(raw).insert()) {
            for (int vault = 0; vault < heads.length; vault++) {
                scope[scopes.column("id")] = vault;
                scope[scopes.column("vault_id")] = "raw-" + vault;
                addTo(insert, scope);
            }
            insert.executeBatch();
        }
    }

    private static void addTo(PreparedStatement insert, Object[] row) throws SQLException {
        Table.bind(insert, row);
        insert.addBatch();
    }

    @Override
    public void close() throws SQLException {
        insertOp.close();
        insertKey.close();
        insertEntity.close();
        updateScope.close();
    }
}
