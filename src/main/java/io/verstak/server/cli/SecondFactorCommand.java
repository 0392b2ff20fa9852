package io.verstak.server.cli;

import io.verstak.server.cli.OfflineAccounts.Result;
import io.verstak.server.domain.Actor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a person who has lost app, passkeys and recovery codes sign in with the password again. */
@Command(
        name = "reset-second-factor",
        mixinStandardHelpOptions = true,
        description =
                "Remove the authenticator app, the passkeys and the recovery codes of a user or an administrator, who"
                        + " then signs in with the password alone. Sessions and devices stay.")
final class SecondFactorCommand implements Callable<Integer> {
    @Mixin
    private final OfflineAccounts accounts = new OfflineAccounts();

    @Parameters(paramLabel = "NAME", description = "Username or e-mail address, or name of an administrator.")
    private String name = "";

    @Option(names = "--administrator", description = "NAME is that of an administrator, even if a user has it, too.")
    private boolean administrator;

    @Override
    public Integer call() throws Exception {
        return accounts.run(all -> all.signing()
                .resetSecondFactor(Actor.COMMAND_LINE, name, administrator)
                .map(had -> had
                        ? Result.done("the second factor of " + name + " is reset", "name", name, "reset", true)
                                .withMail()
                        : Result.done(name + " has no second factor", "name", name, "reset", false)));
    }
}
