package io.verstak.server.cli;

import io.verstak.server.Engine;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.cluster.NodeRequirements;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.mail.MailSettingsStore;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/**
 * Works on the accounts of a data directory for one command and prints the result. The database allows a second process: a
 * running server continues meanwhile.
 */
final class OfflineAccounts {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    private @Nullable ServerConfig config;

    /**
     * What a command prints.
     *
     * @param text for a person; may be several lines
     * @param json for a script: an array for a list, {@link ReportOutput#done} for everything else
     * @param notes what the person should know besides, on standard error
     * @param mailed whether a mail was queued
     */
    record Result(String text, Object json, List<String> notes, boolean mailed) {

        static Result done(String text, Object... namesAndValues) {
            return new Result(text, ReportOutput.done(namesAndValues), List.of(), false);
        }

        /** A table with a heading, as wide as its longest words; the text {@code none} if it would be empty. */
        static <T> Result list(
                List<T> all, Function<T, List<String>> row, Function<T, Object> json, String none, String... heading) {
            return new Result(
                    all.isEmpty() ? none : table(all.stream().map(row).toList(), heading),
                    all.stream().map(json).toList(),
                    List.of(),
                    false);
        }

        Result withNotes(List<String> more) {
            return new Result(
                    text, json, Stream.concat(notes.stream(), more.stream()).toList(), mailed);
        }

        /** Says later what the mail waits for. */
        Result withMail() {
            return new Result(text, json, notes, true);
        }

        private static String table(List<List<String>> rows, String... heading) {
            List<List<String>> lines =
                    Stream.concat(Stream.of(List.of(heading)), rows.stream()).toList();
            int[] widths = new int[heading.length];
            lines.forEach(line -> {
                for (int i = 0; i < widths.length; i++) {
                    widths[i] = Math.max(widths[i], line.get(i).length());
                }
            });
            return lines.stream()
                    .map(line -> {
                        StringBuilder text = new StringBuilder();
                        for (int i = 0; i < widths.length; i++) {
                            text.append(line.get(i))
                                    .append(" ".repeat(widths[i] - line.get(i).length() + 2));
                        }
                        return text.toString().stripTrailing();
                    })
                    .collect(Collectors.joining(System.lineSeparator()));
        }
    }

    /** Reads the configuration, with the flags for the address. */
    void load(ListenOptions listen) {
        config = settings.explain(listen).config();
    }

    private ServerConfig config() {
        ServerConfig loaded = config == null ? settings.load() : config;
        config = loaded;
        return loaded;
    }

    /** Reads the configuration, which may be wrong, and then a password that is set. */
    String newPassword(String owner) {
        config();
        return PasswordInput.chosen(owner);
    }

    /** Does the work on an existing data directory: a mistyped path must not become one without anybody in it. */
    int run(Function<AccountModule, Future<Result>> work) throws Exception {
        if (!config().database().isPostgres()) {
            DataDirectory.openReadOnly(Path.of(config().storage().dataDir())).close();
        }
        return begin(work);
    }

    /** Does the work on a data directory, which is created if there is none: it is the way to the first user. */
    int begin(Function<AccountModule, Future<Result>> work) throws Exception {
        Result result = with(config(), work);
        if (!output.isJson()) {
            output.out().println(result.text());
            result.notes().forEach(note -> output.err().println("note: " + note));
        } else if (result.json() instanceof Map<?, ?> object && !result.notes().isEmpty()) {
            Map<Object, Object> noted = new LinkedHashMap<>(object);
            noted.put("notes", result.notes());
            output.json(noted);
        } else {
            output.json(result.json());
        }
        return 0;
    }

    private static Result with(ServerConfig config, Function<AccountModule, Future<Result>> work) throws Exception {
        try (DataDirectory directory = DataDirectory.openShared(
                Path.of(config.storage().dataDir()), !config.database().isPostgres())) {
            Vertx vertx = Vertx.vertx();
            try {
                Database database = Engine.open(
                                vertx, config, directory, 1, ServeCommand::halt, UpgradeProgress.unwatched())
                        .database();
                return with(config, vertx, directory, database, work);
            } finally {
                vertx.close().toCompletionStage().toCompletableFuture().join();
            }
        }
    }

    private static Result with(
            ServerConfig config,
            Vertx vertx,
            DataDirectory directory,
            Database database,
            Function<AccountModule, Future<Result>> work)
            throws Exception {
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        SecretBox secrets = Engine.secrets(config, directory, random);
        OutboxStore outbox = new OutboxStore(database, secrets);
        ServerSettings settings = new ServerSettings(database, config, clock);
        // A mail that is queued here is sent by the running server, which looks at its outbox from time to time.
        try (AccountModule accounts = new AccountModule(
                vertx, database, outbox, () -> {}, settings, secrets, Optional.empty(), clock, random)) {
            Future<Void> sameKey = database.isShared()
                    ? NodeRequirements.sameKey(database, secrets, clock.millis())
                    : Future.succeededFuture();
            return sameKey.compose(same -> settings.load())
                    .compose(loaded -> work.apply(accounts))
                    .compose(result -> !result.mailed()
                            ? Future.succeededFuture(result)
                            : new MailSettingsStore(database, secrets)
                                    .find()
                                    .map(saved -> saved.orElse(config.mail()).isOn())
                                    .map(on -> result.withNotes(waitsFor(on, !directory.isOurs()))))
                    .eventually(accounts::finished)
                    .eventually(database::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static List<String> waitsFor(boolean mailServer, boolean running) {
        if (!mailServer) {
            return List.of(
                    "no mail server is set, so the mail waits; set mail.host, or the mail server on the page Settings");
        }
        return running ? List.of() : List.of("the mail is sent when the server runs");
    }
}
