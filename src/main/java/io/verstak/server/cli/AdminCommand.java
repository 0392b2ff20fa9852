package io.verstak.server.cli;

import io.verstak.server.account.module.AccountModule;
import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.cli.OfflineAccounts.Result;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.HttpConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes accounts on the data directory itself; a running server notices. Each method is a command. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        subcommands = SecondFactorCommand.class,
        description = "Manage accounts (works on the data directory; the server may be running).")
public final class AdminCommand {
    private static final String ASKS =
            " Asks for the password at a terminal; elsewhere reads it from the first line of standard input.";

    /** The argument that names a user. */
    static final class Login {
        @Parameters(paramLabel = "NAME", description = "Username or e-mail address.")
        private String name = "";

        private Function<AccountModule, Future<Result>> user(BiFunction<AccountModule, User, Future<Result>> work) {
            return all -> all.administration().find(name).compose(user -> work.apply(all, user));
        }
    }

    @Command(
            name = "create-user",
            mixinStandardHelpOptions = true,
            description = "Create a user with a confirmed address." + ASKS)
    int createUser(
            @Mixin OfflineAccounts accounts,
            @Parameters(
                            paramLabel = "NAME",
                            description = "Username: 3 to 64 letters, digits, dots, underscores and hyphens.")
                    String name,
            @Parameters(paramLabel = "EMAIL", description = "E-mail address.") String email)
            throws Exception {
        String password = accounts.newPassword(name);
        return accounts.begin(all -> all.administration()
                .createUser(Actor.COMMAND_LINE, new NewUser(name, email, password))
                .map(id -> Result.done("created " + name + " " + id, "user_id", id)));
    }

    @Command(name = "list-users", mixinStandardHelpOptions = true, description = "List the users.")
    int listUsers(@Mixin OfflineAccounts accounts) throws Exception {
        return accounts.run(all -> all.administration()
                .users()
                .map(users -> Result.list(
                        users,
                        user -> List.of(
                                user.id(),
                                user.username(),
                                user.email(),
                                (user.confirmed() ? "confirmed" : "unconfirmed") + (user.blocked() ? ", blocked" : "")),
                        user -> ReportOutput.object(
                                "id", user.id(),
                                "username", user.username(),
                                "email", user.email(),
                                "confirmed", user.confirmed(),
                                "blocked", user.blocked(),
                                "created_at", time(user.createdAt())),
                        "there are no users yet",
                        "ID",
                        "USERNAME",
                        "E-MAIL",
                        "STATE")));
    }

    @Command(
            name = "confirm-user",
            mixinStandardHelpOptions = true,
            description = "Confirm the e-mail address of a user, who can then sign in.")
    int confirmUser(@Mixin OfflineAccounts accounts, @Mixin Login login) throws Exception {
        return accounts.run(login.user((all, user) -> all.administration()
                .confirmUser(Actor.COMMAND_LINE, user.id())
                .map(done -> Result.done("confirmed " + user.username() + " " + user.email(), "user_id", user.id()))));
    }

    @Command(
            name = "reset-password",
            mixinStandardHelpOptions = true,
            description = "Set a new password for a user and end all of their sessions. The password is generated and"
                    + " printed unless --password-stdin is given.")
    int resetPassword(
            @Mixin OfflineAccounts accounts,
            @Mixin Login login,
            @Option(
                            names = "--password-stdin",
                            description =
                                    "Ask for the password at a terminal, or read the first line of standard input.")
                    boolean stdin,
            @Option(
                            names = "--revoke-devices",
                            description = "Also revoke all devices of the user; they must be paired again.")
                    boolean revokeDevices)
            throws Exception {
        Optional<String> chosen = stdin ? Optional.of(accounts.newPassword(login.name)) : Optional.empty();
        return accounts.run(login.user((all, user) -> all.administration()
                .resetPassword(Actor.COMMAND_LINE, user, chosen, revokeDevices)
                .map(password -> (stdin
                                ? Result.done("the password of " + login.name + " is set")
                                : Result.done(
                                        "the new password of " + login.name + " is " + password,
                                        "new_password",
                                        password))
                        .withMail())));
    }

    @Command(name = "block", mixinStandardHelpOptions = true, description = "Block a user and all of their devices.")
    int block(@Mixin OfflineAccounts accounts, @Mixin Login login) throws Exception {
        return accounts.run(login.user((all, user) -> all.administration()
                .block(Actor.COMMAND_LINE, user.id(), Optional.of(true))
                .map(done -> Result.done("blocked " + user.username(), "user_id", user.id(), "blocked", true))));
    }

    @Command(name = "unblock", mixinStandardHelpOptions = true, description = "Unblock a user and their devices.")
    int unblock(@Mixin OfflineAccounts accounts, @Mixin Login login) throws Exception {
        return accounts.run(login.user((all, user) -> all.administration()
                .block(Actor.COMMAND_LINE, user.id(), Optional.of(false))
                .map(done -> Result.done("unblocked " + user.username(), "user_id", user.id(), "blocked", false))));
    }

    @Command(
            name = "delete-user",
            mixinStandardHelpOptions = true,
            description = "Delete a user with all devices and vaults. Only a backup brings them back.")
    int deleteUser(
            @Mixin OfflineAccounts accounts,
            @Mixin Login login,
            @Option(names = "--yes", description = "Confirms the deletion; without it, nothing is deleted.")
                    boolean yes)
            throws Exception {
        return accounts.run(login.user((all, user) -> {
            if (!yes) {
                throw new CommandException("this deletes %s (%s) with all devices and vaults; add --yes to do it"
                        .formatted(user.username(), user.email()));
            }
            return all.administration()
                    .deleteUser(Actor.COMMAND_LINE, user.id())
                    .map(done -> Result.done("deleted " + user.username() + " " + user.id(), "user_id", user.id()));
        }));
    }

    @Command(
            name = "list-devices",
            mixinStandardHelpOptions = true,
            description = "List the devices of a user, revoked ones too, the latest first.")
    int listDevices(@Mixin OfflineAccounts accounts, @Mixin Login login) throws Exception {
        return accounts.run(login.user((all, user) -> all.administration()
                .devices(user.id())
                .map(devices -> Result.list(
                        devices,
                        device -> List.of(
                                device.id(),
                                device.name().replaceAll("\\p{Cntrl}", "?"),
                                device.lastSeen() == null ? "never" : time(device.lastSeen()),
                                device.revokedAt() == null ? "active" : "revoked"),
                        device -> ReportOutput.object(
                                "id", device.id(),
                                "name", device.name(),
                                "client_version", device.clientVersion(),
                                "last_seen", time(device.lastSeen()),
                                "revoked", device.revokedAt() != null,
                                "created_at", time(device.createdAt())),
                        login.name + " has no devices",
                        "ID",
                        "NAME",
                        "LAST SEEN",
                        "STATE"))));
    }

    @Command(
            name = "revoke-device",
            mixinStandardHelpOptions = true,
            description = "Revoke a device for good; it must be paired again. The ids are those of list-devices.")
    int revokeDevice(
            @Mixin OfflineAccounts accounts,
            @Parameters(paramLabel = "ID", description = "Id of the device, such as dev_1a2b3c.") String id)
            throws Exception {
        String device = id.strip();
        return accounts.run(all -> all.administration()
                .revokeDevice(Actor.COMMAND_LINE, device)
                .map(done -> Result.done("revoked " + device, "device_id", device)));
    }

    @Command(
            name = "invite",
            mixinStandardHelpOptions = true,
            description =
                    "Create a link with which one person can register within 7 days; mail it if an address is given.")
    int invite(
            @Mixin OfflineAccounts accounts,
            @Mixin ListenOptions listen,
            @Parameters(
                            arity = "0..1",
                            defaultValue = "",
                            paramLabel = "EMAIL",
                            description = "E-mail address to send the link to.")
                    String email)
            throws Exception {
        accounts.load(listen);
        return accounts.begin(all -> all.invitations()
                .create(Actor.COMMAND_LINE, email)
                .map(token -> invitation(token, all.settings().now().http(), listen.isGiven()))
                .map(result -> email.isBlank() ? result : result.withMail()));
    }

    /** Where no public address is set, the link names the address that the server should listen on. */
    private static Result invitation(String token, HttpConfig http, boolean addressGiven) {
        int port = http.listenAddress().port();
        String link = http.baseUrl(port) + "/register?invite=" + token;
        Result result = Result.done(link, "invitation", token, "link", link);
        return http.publicUrl().isEmpty() && (port == 0 || !addressGiven)
                ? result.withNotes(List.of("the link names the address of http.listen, since http.publicUrl is not set;"
                        + " if the server listens on another port, add --port"))
                : result;
    }

    @Command(
            name = "create-admin",
            mixinStandardHelpOptions = true,
            description = "Create administrator NAME, or reset the password if it exists." + ASKS)
    int createAdmin(
            @Mixin OfflineAccounts accounts,
            @Parameters(paramLabel = "NAME", description = "Name of the administrator.") String name)
            throws Exception {
        String password = accounts.newPassword(name);
        return accounts.begin(all -> all.administrators()
                .put(name, password)
                .compose(put -> all.administrators().list())
                .map(list -> list.stream()
                        .anyMatch(one -> one.blocked() && one.username().equalsIgnoreCase(name.strip())))
                .map(blocked -> Result.done(
                        "administrator " + name + " is set up"
                                + (blocked
                                        ? ", but cannot sign in: their own user is blocked; use 'admin unblock'"
                                        : ""),
                        "administrator",
                        name,
                        "blocked",
                        blocked)));
    }

    @Command(name = "list-admins", mixinStandardHelpOptions = true, description = "List the administrators.")
    int listAdmins(@Mixin OfflineAccounts accounts) throws Exception {
        return accounts.run(all -> all.administrators()
                .list()
                .map(administrators -> Result.list(
                        administrators,
                        one -> List.of(one.username(), time(one.createdAt()), one.blocked() ? "blocked" : "active"),
                        one -> ReportOutput.object(
                                "username",
                                one.username(),
                                "created_at",
                                time(one.createdAt()),
                                "blocked",
                                one.blocked()),
                        "there are no administrators yet",
                        "NAME",
                        "CREATED",
                        "STATE")));
    }

    @Command(
            name = "delete-admin",
            mixinStandardHelpOptions = true,
            description = "Delete an administrator and end their sessions. The last one cannot be deleted.")
    int deleteAdmin(
            @Mixin OfflineAccounts accounts,
            @Parameters(paramLabel = "NAME", description = "Name of the administrator.") String name)
            throws Exception {
        return accounts.run(all -> all.administrators()
                .delete(Actor.COMMAND_LINE, name)
                .map(done -> Result.done("deleted administrator " + name, "administrator", name)));
    }

    private static String time(@Nullable Long millis) {
        return millis == null ? "" : Instant.ofEpochMilli(millis).toString();
    }
}
