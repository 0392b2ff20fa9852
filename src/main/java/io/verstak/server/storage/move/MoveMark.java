package io.verstak.server.storage.move;

import io.verstak.server.storage.StorageException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a move is, in the database it goes to; and in a PostgreSQL whose data was moved, where it went. It is changed in the same
 * transaction as the rows, so that a move that was killed continues exactly there.
 *
 * @param server the digest of the key that the server seals values with: what tells servers apart
 * @param fingerprint of the source, which must not change before the end
 * @param from where the data comes from, for a person
 * @param to where it goes, for a person
 * @param table the last one that was begun
 * @param key of its last row; empty: none
 */
public record MoveMark(
        State state, String server, String fingerprint, String from, String to, String table, List<Object> key) {
    /** The name of its row in {@code upkeep}. */
    public static final String NAME = "move";

    /** How far a move is. */
    public enum State {
        /** Rows are being copied. */
        COPYING,
        /** All is here and was compared; the source is given up next. */
        COMPARED,
        /** The move has ended. */
        DONE,
        /** The data of this database was moved. */
        AWAY
    }

    public MoveMark {
        key = List.copyOf(key);
    }

    /** Returns the mark after rows of a table were added. */
    public MoveMark at(String nextTable, List<Object> nextKey) {
        return new MoveMark(state, server, fingerprint, from, to, nextTable, nextKey);
    }

    /** Returns the mark of another state. */
    public MoveMark in(State next) {
        return new MoveMark(next, server, fingerprint, from, to, table, key);
    }

    /** Returns whether rows were copied and the move has not ended. */
    public boolean isUnfinished() {
        return state == State.COPYING || state == State.COMPARED;
    }

    /** Returns the text that is stored. */
    public String text() {
        return new JsonObject()
                .put("state", state.name().toLowerCase(Locale.ROOT))
                .put("server", server)
                .put("fingerprint", fingerprint)
                .put("from", from)
                .put("to", to)
                .put("table", table)
                .put("key", new JsonArray(key))
                .encode();
    }

    /** Reads a stored text. */
    public static MoveMark of(String text) {
        JsonObject json = new JsonObject(text);
        List<Object> key = json.getJsonArray("key").stream()
                .map(value -> value instanceof Number number ? (Object) number.longValue() : value)
                .toList();
        return new MoveMark(
                State.valueOf(json.getString("state").toUpperCase(Locale.ROOT)),
                json.getString("server"),
                json.getString("fingerprint"),
                json.getString("from"),
                json.getString("to"),
                json.getString("table"),
                key);
    }

    /**
     * Checks that a server may use the database of a mark.
     *
     * @param place the database, for a person
     * @throws StorageException in one line for a person
     */
    public static void requireNone(Optional<MoveMark> mark, String place) {
        if (mark.isPresent() && mark.get().isUnfinished()) {
            throw new StorageException(
                    "%s: the move of a server's data into this database (from %s) has not ended; run verstak-server move again"
                            .formatted(place, mark.get().from()));
        }
        if (mark.isPresent() && mark.get().state() == State.AWAY) {
            throw new StorageException(
                    "%s: the data was moved away, to %s; start the server with the configuration that names it"
                            .formatted(place, mark.get().to()));
        }
    }
}
