package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.postgresql.PostgresSchema.Step;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** The schema of a release after this one: that of this one and further steps. */
public final class NextRelease {
    private final List<Step> steps = new ArrayList<>(PostgresSchema.STEPS);

    /** Adds a step that nodes of this release can live with. */
    public NextRelease expand(String sql) {
        return with(sql, PostgresSchema.CURRENT);
    }

    /** Adds a step after which only releases that know the step before can use the database. */
    NextRelease contract(String sql) {
        return with(sql, number());
    }

    private NextRelease with(String sql, int oldestReader) {
        steps.add(new Step(sql, oldestReader));
        return this;
    }

    /** The schema that it knows. */
    public int number() {
        return PostgresSchema.BASE + steps.size() - 1;
    }

    /** Does what its first node does when it starts. */
    public Future<Void> upgrade(Vertx vertx, PostgresAccess access) {
        return new PostgresSchema(vertx, access, steps, true).run();
    }

    /** The same, on Vert.x instances of its own. */
    public void upgrade(PostgresAccess access) {
        Vertx vertx = Vertx.vertx();
        try {
            await(upgrade(vertx, access));
        } finally {
            await(vertx.close());
        }
    }
}
