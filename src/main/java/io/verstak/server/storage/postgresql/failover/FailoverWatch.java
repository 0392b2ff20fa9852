package io.verstak.server.storage.postgresql.failover;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every {@value #PERIOD_MILLIS} ms whether the database is another incarnation, on a node that nobody writes through, too: pages
 * say what has become of a log, and an acknowledged op that is missing is found before somebody pushes again.
 */
public final class FailoverWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverWatch.class);
    private static final long PERIOD_MILLIS = 5_000;

    private final Vertx vertx;
    private final Pool pool;
    private final Incarnations incarnations;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final long timer;

    /** @param pool connections that the log is read by */
    public FailoverWatch(Vertx vertx, Pool pool, Incarnations incarnations) {
        this.vertx = vertx;
        this.pool = pool;
        this.incarnations = incarnations;
        this.timer = vertx.setPeriodic(PERIOD_MILLIS, tick -> look());
        look();
    }

    private void look() {
        if (looking.compareAndSet(false, true)) {
            pool.withConnection(incarnations::join)
                    .onFailure(failure -> LOG.debug("the incarnation is not known: {}", failure.getMessage()))
                    .onComplete(done -> looking.set(false));
        }
    }

    @Override
    public void close() {
        vertx.cancelTimer(timer);
    }
}
