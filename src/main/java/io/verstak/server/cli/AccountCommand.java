package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** A command that works on the accounts of a data directory and prints one result. */
abstract class AccountCommand<T> implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    /** Does the work. The future fails with what is refused. */
    abstract Future<T> work(AccountServices accounts);

    /** The result for a person; may be several lines. */
    abstract String text(T result, ServerConfig config);

    /** The result for a script, which Jackson writes as JSON: an array for a list, {@link ReportOutput#done} for everything else. */
    abstract Object json(T result, ServerConfig config);

    /** A time as scripts read it. */
    static String time(@Nullable Long millis) {
        return millis == null ? "" : Instant.ofEpochMilli(millis).toString();
    }

    /** Rows below a heading in columns as wide as their longest word; the other text if there are none. */
    static String table(List<List<String>> rows, String none, String... heading) {
        if (rows.isEmpty()) {
            return none;
        }
        List<List<String>> all =
                Stream.concat(Stream.of(List.of(heading)), rows.stream()).toList();
        int[] widths = new int[heading.length];
        all.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return all.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int i = 0; i < widths.length; i++) {
                        line.append(row.get(i))
                                .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                    }
                    return line.toString().stripTrailing();
                })
                .collect(Collectors.joining(System.lineSeparator()));
    }

    @Override
    public final Integer call() throws Exception {
        ServerConfig config = configuration(settings);
        prepare();
        if (!mayBegin()) {
            // A mistyped path must not become a data directory without anybody in it.
            DataDirectory.openReadOnly(Path.of(config.storage().dataDir())).close();
        }
        String result = OfflineAccounts.with(
                config,
                accounts -> work(accounts)
                        .map(done -> print(done, accounts.settings().now())));
        output.out().println(result);
        return 0;
    }

    /** The configuration that the command works with. */
    ServerConfig configuration(SettingsOptions options) {
        return options.load();
    }

    /** Whether the command may create the data directory: it is the way to the first user. */
    boolean mayBegin() {
        return false;
    }

    /** Checks the arguments and reads what else the command needs, such as a password. */
    void prepare() throws Exception {}

    private String print(T result, ServerConfig config) {
        try {
            return output.isJson() ? new JsonMapper().writeValueAsString(json(result, config)) : text(result, config);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
