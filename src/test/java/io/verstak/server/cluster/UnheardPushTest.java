package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.sync.wait.HeadNotifier;
import io.verstak.server.sync.wait.WaitingPulls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A node that hears nothing of what another one pushes. */
class UnheardPushTest {
    private static final int WAIT_SECONDS = 3;

    private final PostgresAccess access = ClusterNode.newDatabase();

    @Test
    void a_waiting_pull_reads_again_when_its_time_is_up() throws Exception {
        try (ClusterNode deaf = new ClusterNode(access, access);
                ClusterNode other = new ClusterNode(access, access)) {
            HeadNotifier nothing = new HeadNotifier(deaf.vertx, 10, true, new Random(20261130));
            Promise<Void> firstRead = Promise.promise();
            WaitingPulls pulls = new WaitingPulls(deaf.vertx, watched(deaf.log, firstRead), nothing);
            long scope = ClusterNode.newScope(access);
            DeviceIdentity device = ClusterNode.device(scope);
            Promise<LogAnswer> answer = Promise.promise();
            deaf.vertx.runOnContext(turn -> pulls.begin(
                            device, new PullRequest(0, 0, WAIT_SECONDS), () -> Future.succeededFuture(device))
                    .answer()
                    .onComplete(answer));

            await(firstRead.future());
            other.push(scope, "op").get(60, TimeUnit.SECONDS);

            LogAnswer page = await(answer.future());
            assertThat(page.head()).isEqualTo(1);
            page.close();
        }
    }

    /** Says when the first page was read. */
    private static SyncLog watched(SyncLog log, Promise<Void> firstRead) {
        return (SyncLog) Proxy.newProxyInstance(
                SyncLog.class.getClassLoader(), new Class<?>[] {SyncLog.class}, (proxy, method, arguments) -> {
                    Object result = call(log, method, arguments);
                    if (method.getName().equals("pull") && result instanceof Future<?> page) {
                        page.onComplete(read -> firstRead.tryComplete());
                    }
                    return result;
                });
    }

    private static Object call(SyncLog log, Method method, Object[] arguments) throws ReflectiveOperationException {
        return method.invoke(log, arguments);
    }
}
