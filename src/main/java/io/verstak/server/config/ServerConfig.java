package io.verstak.server.config;

/**
 * All settings, in the groups of the configuration file. {@code conf/verstak-server.json} shows each key with its
 * default.
 */
public record ServerConfig(
        HttpConfig http,
        StorageConfig storage,
        LimitsConfig limits,
        AccountsConfig accounts,
        RateLimitsConfig rateLimits,
        RetentionConfig retention,
        MailConfig mail,
        WebConfig web,
        LogConfig log,
        MetricsConfig metrics) {

    /** Returns a copy with these groups replaced. */
    public ServerConfig with(HttpConfig otherHttp, AccountsConfig otherAccounts, WebConfig otherWeb) {
        return new ServerConfig(
                otherHttp, storage, limits, otherAccounts, rateLimits, retention, mail, otherWeb, log, metrics);
    }

    /** Returns the default configuration. */
    public static ServerConfig defaults() {
        return new ServerConfig(
                HttpConfig.DEFAULT,
                StorageConfig.DEFAULT,
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
