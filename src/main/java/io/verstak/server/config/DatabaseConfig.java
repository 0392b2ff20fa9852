package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;
import io.verstak.server.config.annotation.Range;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The database.
 *
 * @param url {@code postgresql://HOST:PORT/NAME}, or several hosts with commas between, of which the primary is used; empty: the
 *     embedded database in the data directory
 * @param user who signs in to PostgreSQL
 * @param passwordFile the file with the password; empty: none is sent
 * @param tls {@code verify-full}: encrypted, with a valid certificate for the host; {@code require}: encrypted, with any
 *     certificate; {@code disable}: not encrypted. None falls back to another
 * @param caFile the certificates of the authorities (PEM) that {@code verify-full} trusts; empty: those of the JVM
 * @param poolSize connections of each node that read; those that write come on top
 * @param commitLanes groups of pushes that a node commits at once, each over a connection; one more connection is for vaults that
 *     another node is writing to
 * @param requireSynchronousStandby a node is not ready while no synchronous standby of PostgreSQL is connected
 * @param failoverSkips {@code auto}: after a standby was promoted, logs go on well above what devices may have seen; {@code off}: not,
 *     for a database whose fail-over loses nothing
 * @param migrations {@code auto}: the first node of a new release upgrades the schema when it starts; {@code manual}: only the command
 *     {@code migrate} does
 */
public record DatabaseConfig(
        String url,
        String user,
        String passwordFile,
        @OneOf({"disable", "require", "verify-full"}) String tls,
        String caFile,
        @Range(min = 1, max = 200) int poolSize,
        @Range(min = 1, max = 16) int commitLanes,
        boolean requireSynchronousStandby,
        @OneOf({"auto", "off"}) String failoverSkips,
        @OneOf({"auto", "manual"}) String migrations) {

    private static final int DEFAULT_PORT = 5432;
    private static final String HOST = "(?:\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::" + ListenAddress.PORT + ")?";

    /** The schema has the same pattern. */
    private static final Pattern URL =
            Pattern.compile("postgres(?:ql)?://(" + HOST + "(?:," + HOST + ")*)/([A-Za-z0-9_.-]{1,63})");

    private static final String ALLOWED = "an address such as postgresql://db.example.org:5432/verstak";

    static final DatabaseConfig DEFAULT =
            new DatabaseConfig("", "", "", "verify-full", "", 8, 2, false, "auto", "auto");

    /**
     * Where a PostgreSQL is.
     *
     * @param hosts the primary and its standbys, in any order
     * @param name of the database
     */
    public record Address(List<ListenAddress> hosts, String name) {
        public Address {
            hosts = List.copyOf(hosts);
        }

        /** @throws ConfigException naming {@code database.url}; a user or password in it is not shown */
        public static Address parse(String url) {
            if (url.indexOf('@') >= 0 || url.indexOf('?') >= 0) {
                throw new ConfigException(List.of(new ConfigException.Problem(
                        "database.url",
                        "database.url: must have neither user nor password nor parameters in it (not shown); use database.user,"
                                + " database.passwordFile and database.tls")));
            }
            Matcher matcher = URL.matcher(url);
            if (!matcher.matches()) {
                throw ConfigException.notAllowed("database.url", url, ALLOWED);
            }
            return new Address(
                    Arrays.stream(matcher.group(1).split(",", -1))
                            .map(host -> ListenAddress.parse(
                                    "database.url", host.matches(".*:[0-9]+") ? host : host + ":" + DEFAULT_PORT))
                            .toList(),
                    matcher.group(2));
        }
    }

    public DatabaseConfig {
        Problems problems = new Problems();
        if (!url.isEmpty()) {
            problems.check(() -> Address.parse(url));
            if (user.isEmpty()) {
                problems.refuse("database.user", user, "the user who signs in to PostgreSQL");
            }
        }
        problems.checkPath("database.passwordFile", passwordFile);
        problems.checkPath("database.caFile", caFile);
        if (!caFile.isEmpty() && !tls.equals("verify-full")) {
            problems.refuse(
                    "database.caFile", caFile, "no file while database.tls is %s, which checks none".formatted(tls));
        }
        problems.throwIfAny();
    }

    /** Returns whether logs leave out numbers after a fail-over. */
    public boolean skipsAfterFailover() {
        return failoverSkips.equals("auto");
    }

    /** Returns whether a start upgrades the schema of PostgreSQL. */
    public boolean migratesItself() {
        return migrations.equals("auto");
    }

    /** Returns whether PostgreSQL is used in place of the embedded database. */
    public boolean isPostgres() {
        return !url.isEmpty();
    }
}
