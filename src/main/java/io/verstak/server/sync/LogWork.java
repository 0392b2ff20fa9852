package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.log.Push;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/** A task for a writer of the log, with the promise it completes. */
sealed interface LogWork {
    DeviceIdentity device();

    /** The number of ops that the task adds to its group. */
    int ops();

    /** The approximate memory of the task, in bytes. */
    long bytes();

    /** When it began to wait, as {@link System#nanoTime} says it. */
    long since();

    Promise<?> answer();

    default long scopeId() {
        return device().scope().id();
    }

    /** Appends a push; the answer is its JSON. */
    record Append(Push push, int ops, long bytes, long since, Promise<Buffer> answer) implements LogWork {
        Append(Push push, Promise<Buffer> answer) {
            this(push, push.ops().size(), push.bytes(), System.nanoTime(), answer);
        }

        @Override
        public DeviceIdentity device() {
            return push.device();
        }
    }

    /** Moves the scope's counter above a cursor, so that the next op is numbered above it. */
    record Skip(DeviceIdentity device, long cursor, long since, Promise<Boolean> answer) implements LogWork {
        Skip(DeviceIdentity device, long cursor, Promise<Boolean> answer) {
            this(device, cursor, System.nanoTime(), answer);
        }

        @Override
        public int ops() {
            return 0;
        }

        @Override
        public long bytes() {
            return 64;
        }
    }
}
