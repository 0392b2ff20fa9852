package io.verstak.server.sync;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.Push;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/** What the log's writer does, and whom it answers. */
sealed interface LogWork {
    DeviceIdentity device();

    /** Ops that the work adds to its group. */
    int ops();

    /** About how much memory the work holds, in bytes. */
    long bytes();

    default long scopeId() {
        return device().scope().id();
    }

    /** Append a push; the answer is its JSON. */
    record Append(Push push, int ops, long bytes, Promise<Buffer> answer) implements LogWork {
        Append(Push push, Promise<Buffer> answer) {
            this(push, push.ops().size(), push.bytes(), answer);
        }

        @Override
        public DeviceIdentity device() {
            return push.device();
        }
    }

    /** Number the scope's next op above a cursor. */
    record Skip(DeviceIdentity device, long cursor, Promise<Boolean> answer) implements LogWork {
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
