package io.verstak.server.storage.account;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.TotpStore.Totp;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Codes that several nodes are given at a time. */
@ParameterizedClass
@EnumSource
class TotpStoreTest {
    private static final FactorOwner OWNER = FactorOwner.user("a1");
    private static final AuditEntry ENTRY = new AuditEntry("login", "a1", "", "127.0.0.1", "", 1, 1);
    private static final int NODES = 8;

    private final TestEngine.Store store;
    private final TotpStore factors;

    TotpStoreTest(TestEngine engine) {
        store = engine.open();
        factors = new TotpStore(store.database());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void of_several_nodes_that_are_given_one_code_one_accepts_it() {
        await(factors.add(OWNER, new Totp("sealed", 10, 1), List.of("h1", "h2"), List.of("", ""), ENTRY));

        assertThat(accepted(() -> factors.use(OWNER, "sealed", 11))).isEqualTo(1);
        assertThat(await(factors.use(OWNER, "sealed", 10)))
                .as("of an earlier step")
                .isFalse();
        assertThat(await(factors.use(OWNER, "another", 12)))
                .as("of another secret")
                .isFalse();
        assertThat(accepted(() -> factors.redeem(OWNER, "h1", ENTRY))).isEqualTo(1);
        assertThat(await(factors.redeem(FactorOwner.user("b2"), "h2", ENTRY))).isFalse();
        assertThat(await(factors.find(OWNER)).recoveryCodes()).containsExactly("h2");
    }

    @Test
    void a_second_app_is_refused_and_changes_nothing() {
        await(factors.add(OWNER, new Totp("first", 10, 1), List.of("h1"), List.of("", ""), ENTRY));

        assertThatThrownBy(() ->
                        await(factors.add(OWNER, new Totp("second", 10, 1), List.of("h2"), List.of("", ""), ENTRY)))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(await(factors.find(OWNER)).recoveryCodes()).containsExactly("h1");
    }

    @Test
    void no_factor_is_set_up_while_a_node_serves_that_would_not_ask_for_it() {
        store.execute("INSERT INTO nodes (name, incarnation, version, schema, address, started_at, seen_at)"
                + " SELECT 'old', 'i', '1', 27, 'a', millis, millis FROM database_clock");

        assertThatThrownBy(() ->
                        await(factors.add(OWNER, new Totp("first", 10, 1), List.of("h1"), List.of("", ""), ENTRY)))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.message()).contains(Message.DATABASE_UPGRADING));
        assertThat(await(factors.any(OWNER))).isFalse();

        store.execute("UPDATE nodes SET schema = 28");
        await(factors.add(OWNER, new Totp("first", 10, 1), List.of("h1"), List.of("", ""), ENTRY));
        assertThat(await(factors.any(OWNER))).isTrue();
    }

    private static long accepted(Supplier<Future<Boolean>> use) {
        List<Future<Boolean>> all = Stream.generate(use).limit(NODES).toList();
        await(Future.all(all));
        return all.stream().filter(Future::result).count();
    }
}
