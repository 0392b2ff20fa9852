package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that works on the accounts of a data directory and prints one result. */
abstract class AccountCommand<T> implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    /** Does it. What is refused is told by the exception. */
    abstract Future<T> work(AccountServices accounts);

    /** The result for a person; may be several lines. */
    abstract String text(T result, ServerConfig config);

    /** The result for a script: something that Jackson writes as JSON. */
    abstract Object json(T result, ServerConfig config);

    @Override
    public final Integer call() throws Exception {
        ServerConfig config = settings.load();
        prepare();
        if (!mayBegin()) {
            // A mistyped path is not to become a data directory without anybody in it.
            DataDirectory.openReadOnly(Path.of(config.storage().dataDir())).close();
        }
        String result = OfflineAccounts.with(
                config,
                accounts -> work(accounts)
                        .map(done -> print(done, accounts.settings().now())));
        output.out().println(result);
        return 0;
    }

    /** Whether the command may be the first on a data directory, which is made if need be: it brings somebody in. */
    boolean mayBegin() {
        return false;
    }

    /** Reads what else the command needs, such as a password. */
    void prepare() throws Exception {}

    private String print(T result, ServerConfig config) {
        try {
            return output.isJson() ? new JsonMapper().writeValueAsString(json(result, config)) : text(result, config);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
