package io.verstak.server.mail;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;

import io.verstak.server.config.MailConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.QueuedMail;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The mail services over a data directory, as a process has them: closing and opening anew is a restart. */
final class MailHouse implements AutoCloseable {
    static final RetryPolicy OFTEN = new RetryPolicy(
            Duration.ofMillis(10),
            RetryPolicy.DEFAULT.firstDelay(),
            RetryPolicy.DEFAULT.longestDelay(),
            RetryPolicy.DEFAULT.giveUp(),
            RetryPolicy.DEFAULT.lease(),
            RetryPolicy.DEFAULT.parallel());

    /** A slow machine is no reason to try a mail again. */
    private static final SmtpLimits PATIENT = new SmtpLimits(Duration.ofMinutes(1), Duration.ofMinutes(2));

    private static final int CHECK_MILLIS = 5;
    private static final Map<Path, PostgresAccess> POSTGRES = new ConcurrentHashMap<>();

    final Vertx vertx = Vertx.vertx();
    final DataDirectory directory;
    final Database database;
    final MailModule services;

    MailHouse(Path root, MailConfig mail, Clock clock) {
        directory =
                TestEngine.ofServers() == TestEngine.SQLITE ? DataDirectory.open(root) : DataDirectory.openBeside(root);
        database = open(root);
        SecureRandom random = new SecureRandom();
        services = new MailModule(
                vertx,
                database,
                SecretBox.open(directory, random),
                () -> config(mail),
                clock,
                random,
                PATIENT,
                OFTEN,
                Optional.empty());
    }

    /** The one that was opened for this folder before, if there was one. */
    private Database open(Path root) {
        return TestEngine.ofServers() == TestEngine.SQLITE
                ? SqliteDatabase.open(vertx, directory, 1, () -> {})
                : PostgresDatabase.open(
                        vertx, POSTGRES.computeIfAbsent(root, first -> TestPostgres.newDatabaseWithSchema()), 1);
    }

    /** All that the database of this folder holds, in texts in which an ASCII text that was stored can be found. */
    static List<String> contents(Path root) throws IOException {
        if (TestEngine.ofServers() == TestEngine.SQLITE) {
            List<String> contents = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(root, "server.db*")) {
                for (Path file : files) {
                    contents.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
            return contents;
        }
        PostgresAccess access = requireNonNull(POSTGRES.get(root));
        TestPostgres.execute(access, """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database()); END $$""");
        return TestPostgres.rows(access, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'").stream()
                .flatMap(table -> TestPostgres.rows(access, "SELECT t::text FROM " + table + " t").stream())
                .toList();
    }

    /** On the port of a server under test; port 0 switches mail off. */
    static MailConfig through(int port) {
        return port == 0
                ? MailConfig.DEFAULT
                : new MailConfig("localhost", port, "none", "", "", "Verstak <sync@example.net>");
    }

    private static ServerConfig config(MailConfig mail) {
        ServerConfig defaults = ServerConfig.defaults();
        return new ServerConfig(
                defaults.http(),
                defaults.storage(),
                defaults.database(),
                defaults.objects(),
                defaults.node(),
                defaults.secrets(),
                defaults.limits(),
                defaults.accounts(),
                defaults.rateLimits(),
                defaults.retention(),
                mail,
                defaults.web(),
                defaults.log(),
                defaults.metrics());
    }

    MailHouse start() {
        vertx.runOnContext(begin -> services.outbox().start());
        return this;
    }

    /** Queues a mail and wakes the outbox, as a request does. */
    void queue(NewMail mail) {
        await(services.store().add(mail));
        services.outbox().wake();
    }

    List<QueuedMail> queued() {
        return await(services.store().list(0, 100));
    }

    /** The outbox, once it is as expected. */
    List<QueuedMail> queued(Predicate<List<QueuedMail>> expected) {
        return await(looked(expected));
    }

    private Future<List<QueuedMail>> looked(Predicate<List<QueuedMail>> expected) {
        return services.store()
                .list(0, 100)
                .compose(mails -> expected.test(mails)
                        ? Future.succeededFuture(mails)
                        : vertx.timer(CHECK_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> looked(expected)));
    }

    void awaitEmpty() {
        queued(List::isEmpty);
    }

    /** Begins a try and never ends it: what a process leaves that is killed while a mail is on its way. */
    void claimAndForget(MutableClock clock) {
        long now = clock.millis();
        await(services.store().claim(now, now + OFTEN.lease().toMillis(), 10));
    }

    /** A transaction that queues a mail and then fails. */
    Future<Void> queueAndFail(NewMail mail) {
        return database.write(connection -> services.store()
                .add(connection, mail)
                .compose(queued -> Future.failedFuture(new IllegalStateException("undone"))));
    }

    @Override
    public void close() throws IOException {
        await(services.outbox().stop());
        await(database.close());
        await(vertx.close());
        directory.close();
    }
}
