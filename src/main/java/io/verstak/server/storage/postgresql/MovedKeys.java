package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.move.MoveTable;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds the keys of moved chunks, in the order of their sequences. What came before on an entity, the table itself says. */
final class MovedKeys {
    private static final int COLUMNS = 6;
    private static final EntityTails.Tail NONE = new EntityTails.Tail(0, 0, 0);

    private final MoveConnection connection;
    private final int scope;
    private final int last;
    private final int head;

    MovedKeys(MoveConnection connection) {
        this.connection = connection;
        MoveTable chunks = MoveTable.chunks();
        scope = chunks.indexOf("scope_id");
        last = chunks.indexOf("last_seq");
        head = chunks.indexOf("head");
    }

    /** Adds the keys of chunks, each in the order of its table's columns. */
    void add(List<Object[]> chunks) {
        Map<LogKey, EntityTails.Tail> tails = tails(chunks);
        List<Long[]> ops = new ArrayList<>();
        for (Object[] chunk : chunks) {
            ChunkHead entries = head(chunk);
            for (int i = 0; i < entries.ops(); i++) {
                LogKey entity = new LogKey((Long) chunk[scope], entries.entityKey(i));
                long before = tails.getOrDefault(entity, NONE).lastOfOthers(entries.deviceKey(i));
                tails.put(entity, new EntityTails.Tail(entries.sequence(i), entries.deviceKey(i), before));
                ops.add(new Long[] {
                    entity.scopeId(),
                    entries.sequence(i),
                    entries.opKey(i),
                    entity.number(),
                    entries.deviceKey(i),
                    before
                });
            }
        }
        Tuple values = Tuple.tuple();
        for (int column = 0; column < COLUMNS; column++) {
            int at = column;
            values.addArrayOfLong(ops.stream().map(op -> op[at]).toArray(Long[]::new));
        }
        connection.run(EntityTails.INSERT, values);
    }

    private ChunkHead head(Object[] chunk) {
        return new ChunkHead((Long) chunk[last], (byte[]) chunk[head]);
    }

    private Map<LogKey, EntityTails.Tail> tails(List<Object[]> chunks) {
        Set<LogKey> entities = new LinkedHashSet<>();
        for (Object[] chunk : chunks) {
            ChunkHead entries = head(chunk);
            for (int i = 0; i < entries.ops(); i++) {
                entities.add(new LogKey((Long) chunk[scope], entries.entityKey(i)));
            }
        }
        Map<LogKey, EntityTails.Tail> found = new HashMap<>();
        Tuple keys = Tuple.tuple()
                .addArrayOfLong(entities.stream().map(LogKey::scopeId).toArray(Long[]::new))
                .addArrayOfLong(entities.stream().map(LogKey::number).toArray(Long[]::new));
        for (Row row : connection.run(EntityTails.SELECT, keys)) {
            found.put(
                    new LogKey(row.getLong(0), row.getLong(1)),
                    new EntityTails.Tail(row.getLong(2), row.getLong(3), row.getLong(4)));
        }
        return found;
    }
}
