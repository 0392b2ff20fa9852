package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.account.module.AccountModule;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The accounts of two nodes on one PostgreSQL. */
class RevocationTest {
    private static final int ROUNDS = 300;
    private static final Supplier<InetAddress> FROM = InetAddress::getLoopbackAddress;

    @TempDir
    Path root;

    private final PostgresAccess access = ClusterNode.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private DataDirectory directory;
    private Node one;
    private Node other;

    private record Node(PostgresDatabase database, AccountModule accounts) {
        Future<DeviceIdentity> identify(String token) {
            return identify(token, FROM);
        }

        Future<DeviceIdentity> identify(String token, Supplier<InetAddress> from) {
            return accounts.deviceTokens().identify(token, from);
        }
    }

    @BeforeEach
    void open() {
        directory = DataDirectory.open(root);
        one = node();
        other = node();
    }

    private Node node() {
        PostgresDatabase database = PostgresDatabase.open(vertx, access, 2);
        SecureRandom random = new SecureRandom();
        ServerSettings settings = new ServerSettings(database, ServerConfig.defaults(), Clock.systemUTC());
        SecretBox secrets = SecretBox.open(directory, random);
        OutboxStore outbox = new OutboxStore(database, secrets);
        return new Node(
                database,
                new AccountModule(
                        vertx,
                        database,
                        outbox,
                        () -> {},
                        settings,
                        secrets,
                        Optional.empty(),
                        Clock.systemUTC(),
                        random));
    }

    @AfterEach
    void close() throws Exception {
        for (Node node : new Node[] {one, other}) {
            await(node.accounts().finished());
            node.accounts().close();
            await(node.database().close());
        }
        await(vertx.close());
        directory.close();
    }

    @Test
    void a_device_that_one_node_has_revoked_is_refused_by_the_next_request_to_another_one() {
        for (int i = 0; i < ROUNDS; i++) {
            String token = newDevice("device " + i);
            Supplier<InetAddress> from = address(i);
            assertThat(await(other.identify(token, from)).deviceId()).isEqualTo("device " + i);
            Future<DeviceIdentity> meanwhile = other.identify(token, from);

            await(one.accounts().administration().revokeDevice(Actor.COMMAND_LINE, "device " + i));

            refused(() -> await(other.identify(token, from)), ErrorCode.UNAUTHORIZED);
            await(meanwhile.otherwiseEmpty());
            refused(() -> await(other.identify(token, from)), ErrorCode.UNAUTHORIZED);
        }
    }

    @Test
    void a_user_whom_one_node_has_blocked_is_refused_by_another_one_until_a_third_says_otherwise() {
        String token = newDevice("device");
        for (int i = 0; i < ROUNDS / 2; i++) {
            Node node = i % 2 == 0 ? one : other;
            Node next = i % 2 == 0 ? other : one;
            await(next.identify(token));

            await(node.accounts().administration().block(Actor.COMMAND_LINE, "user", Optional.of(true)));
            refused(() -> await(next.identify(token)), ErrorCode.FORBIDDEN);

            await(node.accounts().administration().block(Actor.COMMAND_LINE, "user", Optional.of(false)));
            assertThat(await(next.identify(token)).deviceId()).isEqualTo("device");
        }
    }

    @Test
    void a_device_of_a_vault_that_one_node_has_deleted_is_refused_by_another_one_until_a_third_restores_it() {
        String token = newDevice("device");
        String[] vault = TestPostgres.rows(
                        access, "SELECT s.id, s.vault_id FROM scopes s JOIN devices d ON d.scope_id = s.id")
                .get(0)
                .split("\\|", 2);
        for (int i = 0; i < ROUNDS / 5; i++) {
            Node node = i % 2 == 0 ? one : other;
            Node next = i % 2 == 0 ? other : one;
            await(next.identify(token));

            await(node.accounts().vaults().deletion().delete(Actor.COMMAND_LINE, Long.parseLong(vault[0]), vault[1]));
            refused(() -> await(next.identify(token)), ErrorCode.GONE);

            await(next.accounts().vaults().deletion().restore(Actor.COMMAND_LINE, Long.parseLong(vault[0])));
            assertThat(await(node.identify(token)).deviceId()).isEqualTo("device");
        }
    }

    @Test
    void a_session_that_was_ended_is_refused_by_the_next_request_to_another_node() {
        for (int i = 0; i < ROUNDS / 2; i++) {
            String token = "session " + i;
            Supplier<InetAddress> from = address(i);
            long now = System.currentTimeMillis();
            TestPostgres.execute(
                    access,
                    "INSERT INTO sessions (token_hash, id, realm, owner, address, user_agent, created_at, last_used_at, expires_at)"
                            + " VALUES ('%s', '%s', 'user', 'user', '', '', %s, %s, %s)"
                                    .formatted(Tokens.digest(token).hex(), token, now, now, now + 3_600_000));
            assertThat(await(other.accounts().sessionTokens().identify(token, from))
                            .owner())
                    .isEqualTo("user");

            TestPostgres.execute(access, "DELETE FROM sessions WHERE id = '" + token + "'");

            refused(() -> await(other.accounts().sessionTokens().identify(token, from)), ErrorCode.UNAUTHORIZED);
        }
    }

    @Test
    void a_token_in_use_is_not_limited_with_the_wrong_ones_of_its_address() {
        String token = newDevice("device");
        await(other.identify(token));
        AtomicBoolean limited = new AtomicBoolean();
        for (int i = 0; i < 10_000 && !limited.get(); i++) {
            try {
                await(other.identify("wrong " + i));
            } catch (ServerException refusal) {
                limited.set(refusal.code() == ErrorCode.RATE_LIMITED);
            }
        }
        assertThat(limited).isTrue();

        assertThat(await(other.identify(token)).deviceId()).isEqualTo("device");
    }

    /** Another one for each round: wrong tokens count against their address. */
    private static Supplier<InetAddress> address(int round) {
        return () -> {
            try {
                return InetAddress.getByAddress(new byte[] {10, 0, (byte) (round >> 8), (byte) round});
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        };
    }

    private static void refused(Runnable request, ErrorCode code) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** Returns the token of a new device of the user. */
    private String newDevice(String id) {
        long scope = ClusterNode.newScope(access);
        TestPostgres.execute(
                access, """
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                VALUES ('%s', 'user', %s, '', '', '%s', '', '', 0)""".formatted(id, scope, Tokens.digest("token of " + id).hex()));
        return "token of " + id;
    }
}
