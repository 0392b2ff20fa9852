package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * All settings, in the groups of the configuration file. {@code conf/verstak-server.json} shows each key with its
 * default.
 */
public record ServerConfig(
        HttpConfig http,
        StorageConfig storage,
        DatabaseConfig database,
        ObjectsConfig objects,
        Node node,
        Secrets secrets,
        LimitsConfig limits,
        AccountsConfig accounts,
        RateLimitsConfig rateLimits,
        RetentionConfig retention,
        MailConfig mail,
        WebConfig web,
        LogConfig log,
        MetricsConfig metrics) {

    /**
     * This process among those that use one database.
     *
     * @param name how the others, the log and PostgreSQL name it; empty: the name of the host
     * @param drainSeconds that a stop leaves to uploads and to whatever else is under way, once the others have taken over. Without
     *     effect on the embedded database
     */
    public record Node(
            String name, @Range(min = 0, max = 3600) int drainSeconds) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{0,40}");

        static final Node DEFAULT = new Node("", 30);

        public Node {
            if (!NAME.matcher(name).matches()) {
                throw ConfigException.notAllowed(
                        "node.name", name, "at most 40 letters, digits, dots, dashes and underscores");
            }
        }

        /** Returns the name, or else that of the host. Blocks while the system looks for it. */
        public String nameOrHost() {
            if (!name.isEmpty()) {
                return name;
            }
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unnamed) {
                return "node";
            }
        }
    }

    /**
     * The key that seals what the database must not show.
     *
     * @param keyFile a file of 32 bytes, the same on all nodes; empty: {@code secret.key} in the data directory, made at the first
     *     start. For PostgreSQL only
     */
    public record Secrets(String keyFile) {
        static final Secrets DEFAULT = new Secrets("");

        public Secrets {
            if (!keyFile.isEmpty()) {
                ConfigPath.of("secrets.keyFile", keyFile);
            }
        }
    }

    public ServerConfig {
        Problems problems = new Problems();
        if (!database.isPostgres() && !secrets.keyFile().isEmpty()) {
            problems.refuse(
                    "secrets.keyFile",
                    secrets.keyFile(),
                    "no file while database.url is empty: the key is then in the data directory, where backups take it");
        }
        if (database.isPostgres() && !storage.backup().directory().isEmpty()) {
            problems.refuse(
                    "storage.backup.directory",
                    storage.backup().directory(),
                    "no folder while database.url is set: PostgreSQL has backups of its own");
        }
        problems.throwIfAny();
    }

    /** Returns a copy with these groups replaced. */
    public ServerConfig with(HttpConfig otherHttp, AccountsConfig otherAccounts, WebConfig otherWeb) {
        return new ServerConfig(
                otherHttp,
                storage,
                database,
                objects,
                node,
                secrets,
                limits,
                otherAccounts,
                rateLimits,
                retention,
                mail,
                otherWeb,
                log,
                metrics);
    }

    /** Returns a copy with these limits. */
    public ServerConfig with(LimitsConfig otherLimits, RateLimitsConfig otherRateLimits) {
        return new ServerConfig(
                http,
                storage,
                database,
                objects,
                node,
                secrets,
                otherLimits,
                accounts,
                otherRateLimits,
                retention,
                mail,
                web,
                log,
                metrics);
    }

    /** Returns the default configuration. */
    public static ServerConfig defaults() {
        return new ServerConfig(
                HttpConfig.DEFAULT,
                StorageConfig.DEFAULT,
                DatabaseConfig.DEFAULT,
                ObjectsConfig.DEFAULT,
                Node.DEFAULT,
                Secrets.DEFAULT,
                LimitsConfig.DEFAULT,
                AccountsConfig.DEFAULT,
                RateLimitsConfig.DEFAULT,
                RetentionConfig.DEFAULT,
                MailConfig.DEFAULT,
                WebConfig.DEFAULT,
                LogConfig.DEFAULT,
                MetricsConfig.DEFAULT);
    }
}
