package io.verstak.server.storage.blob;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.NodeStore.Seen;
import io.verstak.server.storage.blob.StoredUpload.State;
import io.verstak.server.testkit.TestEngine;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Uploads that two nodes receive, each its own. */
class UploadNodesTest {
    private static final Scope SCOPE = new Scope(1, "user", "vault");
    private static final Node ONE = new Node("one", "first", "1.0.0", 1, "127.0.0.1:1");

    @ParameterizedTest
    @EnumSource
    void an_open_upload_belongs_to_its_node_while_that_lives(TestEngine engine) {
        try (TestEngine.Store store = engine.open()) {
            NodeStore nodes = new NodeStore(store.database());
            UploadStore one = new UploadStore(store.database(), "one", false);
            UploadStore other = new UploadStore(store.database(), "other", false);
            prepare(store);
            assertThat(await(nodes.beat(ONE))).isEmpty();
            await(one.create(upload("open", State.OPEN), 10, Optional.empty()));
            await(one.create(upload("done", State.FINISHED), 10, Optional.empty()));

            assertThat(await(one.find(SCOPE, "open", 1))).isPresent();
            assertThatThrownBy(() -> await(other.find(SCOPE, "open", 1)))
                    .isInstanceOfSatisfying(ServerException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(ErrorCode.UPLOAD_LOCKED);
                        assertThat(refusal.retryAfterSeconds()).isPositive();
                    });
            assertThat(await(other.find(SCOPE, "done", 1))).isPresent();
            assertThat(await(other.pending())).isEmpty();
            assertThat(await(one.pending())).hasSize(1);
            assertThat(await(other.expired(Long.MAX_VALUE))).isEmpty();

            await(nodes.remove(ONE));

            assertThat(await(other.find(SCOPE, "open", 1))).isEmpty();
            assertThat(await(other.expired(Long.MAX_VALUE))).hasSize(2);
            assertThat(await(other.pending())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_known_upload_is_reopened_by_one_node(TestEngine engine) {
        try (TestEngine.Store store = engine.open()) {
            UploadStore one = new UploadStore(store.database(), "one", false);
            UploadStore other = new UploadStore(store.database(), "other", false);
            prepare(store);
            StoredUpload known = upload("known", State.KNOWN);
            await(one.create(known, 10, Optional.empty()));

            await(other.reopen(known));

            assertThatThrownBy(() -> await(one.reopen(known))).isInstanceOf(ServerException.class);
            assertThat(await(other.pending())).hasSize(1);
            assertThat(await(one.pending())).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_node_is_listed_until_it_stops_or_gives_no_sign_any_more(TestEngine engine) {
        try (TestEngine.Store store = engine.open()) {
            NodeStore nodes = new NodeStore(store.database());
            Node again = new Node("one", "second", "1.0.1", 1, "127.0.0.1:2");
            Node other = new Node("other", "third", "1.0.0", 1, "127.0.0.1:3");
            await(nodes.beat(ONE));
            await(nodes.beat(other));

            assertThat(await(nodes.beat(again))).isEqualTo("first");
            await(nodes.remove(ONE));
            assertThat(await(nodes.list()).stream().map(Seen::node)).containsExactly(again, other);

            store.execute("UPDATE nodes SET seen_at = seen_at - 61000 WHERE name = 'other'");
            assertThat(await(nodes.list()).stream().map(Seen::node)).containsExactly(again);
        }
    }

    private static void prepare(TestEngine.Store store) {
        store.execute(
                "INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)"
                        + " VALUES ('user', 'user', 'user', 'user@example.org', 'user@example.org', '', 0)",
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at) VALUES (1, 'user', 'vault', 'log', 0)");
    }

    private static StoredUpload upload(String id, State state) {
        return new StoredUpload(id, SCOPE, "device", 10, 0, "", Optional.empty(), Optional.empty(), state, 1_000, 0);
    }
}
