package io.verstak.server.error;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** Logs that something which is tried again and again has begun to fail, and that it works again: two lines, however long it took. */
public final class Outage {
    private final Logger log;
    private final String what;
    private final AtomicBoolean told = new AtomicBoolean();

    /** @param what cannot be done, such as {@code activity cannot be noted} */
    public Outage(Logger log, String what) {
        this.log = log;
        this.what = what;
    }

    /** Returns the attempt as it is. */
    public <T> Future<T> watch(Future<T> attempt) {
        return attempt.onFailure(this::failed).onSuccess(done -> works());
    }

    /** Says that an attempt has failed. May be called by any thread. */
    public void failed(Throwable failure) {
        if (told.compareAndSet(false, true)) {
            log.warn("{}: {} (logged once until it works again)", what, failure.getMessage());
        }
    }

    /** Says that an attempt has worked. May be called by any thread. */
    public void works() {
        if (told.compareAndSet(true, false)) {
            log.info("{}: over", what);
        }
    }
}
