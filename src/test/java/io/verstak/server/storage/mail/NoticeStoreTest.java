package io.verstak.server.storage.mail;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditEntry.Told;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.blob.QuotaWarnings;
import io.verstak.server.storage.mail.NoticeStore.Notice;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told of what, how often, and by how many nodes. */
@ParameterizedClass
@EnumSource
class NoticeStoreTest {
    private static final long NOW = TimeUnit.DAYS.toMillis(20_000);

    private final TestEngine.Store store;

    @TempDir
    Path keys;

    private OutboxStore outbox;
    private NoticeStore notices;
    private final List<Notice> written = Collections.synchronizedList(new ArrayList<>());

    NoticeStoreTest(TestEngine engine) {
        store = engine.open();
    }

    @BeforeEach
    void addUsers() throws IOException {
        Path key = Files.write(keys.resolve("key"), new byte[32]);
        outbox = new OutboxStore(store.database(), SecretBox.open(key, new SecureRandom()));
        notices = new NoticeStore(store.database(), outbox);
        addUser("a1", "alice", true);
        addUser("u1", "una", false);
    }

    private void addUser(String id, String name, boolean confirmed) {
        User user = new User(id, name, name + "@example.org", "", confirmed, false, 0, "ru", null, 1);
        await(new UserStore(store.database()).add(user, new AuditEntry("registered", "", "", "", "", 1, 1)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void an_event_whose_transaction_fails_is_told_to_nobody() {
        assertThatThrownBy(() -> await(store.database()
                        .write(connection -> AuditStore.add(connection, paired("a1", 1))
                                .compose(done -> ErrorCode.CONFLICT.refuse()))))
                .isInstanceOf(RuntimeException.class);

        queue(NOW, true);

        assertThat(mails()).isEmpty();
        assertThat(store.rows("SELECT type FROM audit_log WHERE told > 0")).isEmpty();
    }

    @Test
    void an_event_is_told_once_in_the_language_of_its_user_with_what_is_known_of_it() {
        happen(paired("a1", 7));
        queue(NOW, true);
        queue(NOW, true);

        assertThat(mails()).hasSize(1);
        Notice notice = written.get(0);
        assertThat(notice.username() + notice.email() + notice.language()).isEqualTo("alicealice@example.orgru");
        assertThat(notice.details().subject() + notice.details().agent() + notice.address() + notice.at())
                .isEqualTo("Laptopverstak192.0.2.17");
    }

    @Test
    void a_flood_brings_six_mails_an_hour_of_which_the_last_says_so_and_every_event_stays_in_the_log() {
        IntStream.range(0, 60).forEach(i -> happen(paired("a1", i)));

        queue(NOW, true);

        assertThat(mails()).hasSize(NoticeStore.MAILS_PER_HOUR);
        assertThat(written.stream().map(Notice::last)).containsExactly(false, false, false, false, false, true);
        assertThat(store.rows("SELECT COUNT(*) FROM audit_log WHERE told = 2")).containsExactly("60");
        happen(paired("a1", 61));
        queue(NOW + TimeUnit.HOURS.toMillis(1), true);
        assertThat(mails()).hasSize(NoticeStore.MAILS_PER_HOUR + 1);
    }

    @Test
    void several_nodes_that_look_at_once_send_one_mail() {
        happen(paired("a1", 1));
        NoticeStore other = new NoticeStore(store.database(), outbox);

        await(Future.all(
                notices.queue(NOW, true, this::mail),
                other.queue(NOW, true, this::mail),
                notices.queue(NOW, true, this::mail),
                other.queue(NOW, true, this::mail)));

        assertThat(mails()).hasSize(1);
    }

    @Test
    void without_a_mail_server_or_a_confirmed_address_there_is_a_line_only() {
        happen(paired("u1", 1));
        happen(paired("nobody", 2));
        queue(NOW, true);
        happen(paired("a1", 3));
        queue(NOW, false);

        assertThat(mails()).isEmpty();
        assertThat(store.rows("SELECT told FROM audit_log WHERE type = 'device_paired'"))
                .containsExactly("2", "2", "2");
    }

    @Test
    void a_quota_is_warned_of_once_at_each_level_and_again_after_the_use_has_dropped() {
        store.execute("INSERT INTO blob_usage (scope_id, user_id, bytes) VALUES (1, 'a1', 0)");
        StringBuilder warned = new StringBuilder();
        for (int percent : new int[] {79, 80, 85, 80, 78, 81, 94, 95, 99, 92, 96, 89, 95, 74, 80, 100, 0, 100}) {
            store.execute("UPDATE blob_usage SET bytes = " + percent);
            QuotaWarnings one = new QuotaWarnings(store.database());
            QuotaWarnings other = new QuotaWarnings(store.database());
            await(Future.all(one.slice("", 100, NOW), other.slice("", 100, NOW)));
            await(one.slice("", 100, NOW));
            List<String> told = store.rows("SELECT subject FROM audit_log WHERE type = 'storage_low' ORDER BY id");
            warned.append(percent).append(told).append('\n');
            store.execute("DELETE FROM audit_log WHERE type = 'storage_low'");
        }

        assertThat(warned.toString().lines().filter(line -> !line.endsWith("[]")))
                .containsExactly("80[80 %]", "95[95 %]", "95[95 %]", "80[80 %]", "100[95 %]", "100[95 %]");
    }

    private void happen(AuditEntry entry) {
        await(new AuditStore(store.database()).add(List.of(entry)));
    }

    private static AuditEntry paired(String userId, long at) {
        return new AuditEntry("device_paired", userId, "d", "192.0.2.1", "A device was paired.", 1, at)
                .subject("Laptop")
                .agent("verstak")
                .told(Told.BY_MAIL);
    }

    private void queue(long now, boolean byMail) {
        while (await(notices.queue(now, byMail, this::mail))) {
            assertThat(written).hasSizeLessThan(1000);
        }
    }

    private Optional<NewMail> mail(Notice notice) {
        written.add(notice);
        String id = UUID.randomUUID().toString();
        return Optional.of(
                new NewMail(id, "security", notice.email(), notice.language(), Map.of(), NOW, Long.MAX_VALUE));
    }

    private List<QueuedMail> mails() {
        return await(outbox.list(0, 1000));
    }
}
