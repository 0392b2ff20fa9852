package io.verstak.server.torture;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.Outcome;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The past of the vault {@code red}, by two devices in turn, long enough for eight runs of keys. It is written while no server runs, and
 * without an index: the server that is asked for the vault sorts the keys into runs, and merges them. The history knows all of it.
 */
final class Past {
    static final int OPS = 140_000;

    private static final int OPS_OF_PUSH = 100;
    private static final int PUSHES_OF_GROUP = 70;
    private static final int ENTITIES = 20_000;

    private final History history = new History();
    private final Scope scope;
    private final List<Device> devices;

    private Past(Scope scope) {
        this.scope = scope;
        this.devices = List.of(scope.device(), scope.device());
    }

    /** Makes a data directory with the user of a {@link Load} and this past; the server is stopped afterwards. */
    static Past make(PackagedServer server, Path data) throws IOException {
        server.addUser(Scope.USER, Scope.PASSWORD);
        Past past = new Past(new Scope(server::port, "red"));
        server.terminate();
        past.write(data);
        return past;
    }

    private void write(Path data) throws IOException {
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.open(data)) {
            SqliteDatabase database = SqliteDatabase.open(vertx, directory, 1, () -> {});
            try (OpLog log = database.openLog(1, Clock.systemUTC(), Duration.ofDays(1))) {
                List<DeviceIdentity> identities =
                        devices.stream().map(device -> identity(data, device)).toList();
                for (int push = 0; push < OPS / OPS_OF_PUSH; push += PUSHES_OF_GROUP) {
                    commit(log, identities, push);
                }
            } finally {
                Futures.await(database.close());
            }
        } finally {
            Futures.await(vertx.close());
        }
    }

    private static DeviceIdentity identity(Path data, Device device) {
        String[] row = TestDatabase.rows(
                        data.resolve("server.db"),
                        "SELECT s.id, s.user_id, s.vault_id FROM devices d JOIN scopes s ON s.id = d.scope_id WHERE d.id = '%s'"
                                .formatted(device.id()))
                .get(0)
                .split("\\|", -1);
        return new DeviceIdentity(
                device.id(), new io.verstak.server.domain.Scope(Long.parseLong(row[0]), row[1], row[2]));
    }

    private void commit(OpLog log, List<DeviceIdentity> identities, int firstPush) {
        OpCodec codec = new OpCodec();
        List<Push> pushes = new ArrayList<>();
        for (int push = firstPush; push < firstPush + PUSHES_OF_GROUP; push++) {
            DeviceIdentity device = identities.get(push % identities.size());
            List<EncodedOp> ops = numbers(push)
                    .mapToObj(Past::op)
                    .map(op -> codec.form(device.deviceId(), fields(op), 0, null, null))
                    .toList();
            pushes.add(new Push(device, "", "", ops, null));
        }
        long invokedAt = System.nanoTime();
        List<PushResult> results = log.commit(pushes);
        for (int i = 0; i < pushes.size(); i++) {
            if (!(results.get(i) instanceof PushResult.Accepted accepted)) {
                throw new AssertionError("the past was refused: " + results.get(i));
            }
            List<OutboxOp> ops = numbers(firstPush + i).mapToObj(Past::op).toList();
            history.add(new Call.Push(
                    scope.name(),
                    pushes.get(i).device().deviceId(),
                    ops.stream().map(op -> Digests.sent(op, 0)).toList(),
                    invokedAt,
                    System.nanoTime(),
                    Outcome.OK,
                    ops.stream().map(OutboxOp::opId).toList(),
                    LongStream.rangeClosed(accepted.head() - ops.size() + 1, accepted.head())
                            .boxed()
                            .toList(),
                    List.of(),
                    accepted.head()));
        }
    }

    private static OpCodec.Fields fields(OutboxOp op) {
        return new OpCodec.Fields(
                op.opId(), op.entityType(), op.entityId(), op.opType(), op.payloadJson(), op.createdAt());
    }

    private static IntStream numbers(int push) {
        return IntStream.range(push * OPS_OF_PUSH, (push + 1) * OPS_OF_PUSH);
    }

    private static OutboxOp op(int number) {
        return OutboxOp.note(Integer.toString(number % ENTITIES), "as it was").withId("past-" + number);
    }

    /** Returns an op that the device with this number has pushed. */
    private static OutboxOp op(int device, int number) {
        int push = number / OPS_OF_PUSH;
        return op(push % 2 == device ? number : number < OPS_OF_PUSH ? number + OPS_OF_PUSH : number - OPS_OF_PUSH);
    }

    History history() {
        return history;
    }

    /** Returns the devices of the past, which push again what is in it. */
    List<Client> devices() {
        return List.of(new Retrier(scope, devices.get(0), 0, history), new Retrier(scope, devices.get(1), 1, history));
    }

    /** Pushes again some of the ops that its device has pushed long ago: none of them may be new to the server. */
    private static final class Retrier extends Client {
        private static final int MOST_OPS = 20;
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

        private final Scope scope;
        private final Device device;
        private final int number;
        private final History history;
        private final Random random;

        /** @param number of the device in the past */
        Retrier(Scope scope, Device device, int number, History history) {
            this.scope = scope;
            this.device = device;
            this.number = number;
            this.history = history;
            this.random = new Random(number);
        }

        @Override
        protected void step() {
            if (!device.connected()) {
                return;
            }
            List<OutboxOp> ops = random.ints(1L + random.nextInt(MOST_OPS), 0, OPS)
                    .distinct()
                    .mapToObj(op -> op(number, op))
                    .distinct()
                    .toList();
            history.add(scope.push(device, ops, random.nextInt(OPS)));
            LockSupport.parkNanos(PAUSE_NANOS);
        }

        @Override
        protected Device device() {
            return device;
        }

        @Override
        protected void end() {
            device.close();
        }
    }
}
