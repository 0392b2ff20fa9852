package io.verstak.server.importer;

import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader.Names;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Imports users and administrators with their ids, names and hashes. */
final class UserImport {
    /** Hashes that the password check accepts: bcrypt with an acceptable cost. */
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}");

    private final GoDatabase source;
    private final AccountBulkLoader target;
    private final ImportReport report;
    private final long now;
    private final Map<String, Person> people = new HashMap<>();
    private final Map<String, String> byAddress = new HashMap<>();
    private final Set<String> administrators = new HashSet<>();

    /** The data of a user that other rows need. */
    record Person(String email, boolean blocked) {}

    UserImport(GoDatabase source, AccountBulkLoader target, ImportReport report, long now) {
        this.source = source;
        this.target = target;
        this.report = report;
        this.now = now;
    }

    void users(ImportProgress progress) {
        source.each("server_users", "ORDER BY created_at, id", row -> {
            report.found(ImportedEntity.USERS);
            user(row);
            progress.advance(1);
        });
        source.each("server_users", "", this::tellNameThatIsAnAddress);
    }

    private void user(GoRow row) throws SQLException {
        String id = row.text("id");
        String username = row.text("username");
        if (id.isBlank()) {
            report.lose(ImportedEntity.USERS, "has no id", username);
            return;
        }
        User user = new User(
                id,
                username,
                row.text("email"),
                row.text("password_hash"),
                row.flag("confirmed"),
                row.flag("blocked"),
                0,
                "",
                row.time("last_seen"),
                row.time("created_at", now));
        @Nullable Names names = target.user(user);
        if (names == null) {
            report.lose(ImportedEntity.USERS, "has the id of another user", id + " " + username);
            return;
        }
        report.imported(ImportedEntity.USERS);
        people.put(id, new Person(user.email(), user.blocked()));
        byAddress.putIfAbsent(user.email().toLowerCase(Locale.ROOT), id);
        tell(user, names);
    }

    private void tell(User user, Names names) {
        String who = "user %s (%s, %s)".formatted(user.id(), user.username(), user.email());
        if (names == Names.EXACT) {
            report.note(who
                    + ": another user has the same name or address in other case; signs in with the exact spelling");
        } else if (names == Names.TAKEN) {
            report.note(who + ": another user has the same name or address; signs in with the other of the two");
        }
        if (user.username().indexOf('@') >= 0) {
            report.note(who + ": a name with @ is kept, though nobody can register one here");
        }
        if (user.email().isEmpty()) {
            report.note(who + ": has no e-mail address; signs in with the name");
        }
        if (!BCRYPT.matcher(user.passwordHash()).matches()) {
            report.note(who + ": the password hash is of an unknown kind; reset the password");
        }
    }

    /** Names and addresses share the login field, in which the address comes first. */
    private void tellNameThatIsAnAddress(GoRow row) throws SQLException {
        String name = row.text("username");
        String id = row.text("id");
        if (name.indexOf('@') < 0) {
            return;
        }
        String other = byAddress.get(name.toLowerCase(Locale.ROOT));
        if (other != null && !other.equals(id)) {
            report.note(
                    "user %s: the name %s is also the address of user %s, who signs in with it; signs in with the e-mail address"
                            .formatted(id, name, other));
        }
    }

    void administrators(List<GoConfig.Administrator> named) {
        for (GoConfig.Administrator administrator : named) {
            report.found(ImportedEntity.ADMINISTRATORS);
            if (administrator.username().isBlank()) {
                report.lose(ImportedEntity.ADMINISTRATORS, "has no name", "admin");
            } else if (target.administrator(administrator.username(), administrator.passwordHash(), now)) {
                report.imported(ImportedEntity.ADMINISTRATORS);
                administrators.add(administrator.username());
                if (!BCRYPT.matcher(administrator.passwordHash()).matches()) {
                    report.note(
                            "administrator %s: the password hash is of an unknown kind; set a password with: verstak-server admin create-admin"
                                    .formatted(administrator.username()));
                }
            } else {
                report.lose(ImportedEntity.ADMINISTRATORS, "listed twice; the first counts", administrator.username());
            }
        }
    }

    /** Returns null when there is no such user. */
    @Nullable
    Person person(String userId) {
        return people.get(userId);
    }

    boolean isAdministrator(String username) {
        return administrators.contains(username);
    }
}
