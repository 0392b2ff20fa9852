package io.verstak.server.admin;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.config.AccountsConfig;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.HttpConfig;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.config.WebConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.SettingsStore;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current settings: the configuration, overridden by what administrators have set on their pages. Callers read a setting
 * each time they need it, so that a change applies at once; other processes notice it within {@value
 * InvalidationPoller#INTERVAL_MILLIS} ms. Safe for any thread; futures complete on the caller's context.
 */
public final class ServerSettings {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSettings.class);
    private static final int MAX_NAME = 80;
    private static final int MAX_URL = 500;
    private static final List<String> REGISTRATION = List.of("open", "closed", "invitation", "domains");
    private static final List<String> LANGUAGES = List.of("en", "ru");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final List<Consumer<ServerConfig>> followers = new CopyOnWriteArrayList<>();
    private final SettingsStore store;
    private final Clock clock;
    private volatile ServerConfig configured;
    private volatile Values values;
    private final Map<String, String> sources;
    private final AtomicLong looks = new AtomicLong();
    private long newestLook;

    /** A setting of the page. */
    public enum Name {
        /** Shown in the title of every page and in mails. */
        SERVER_NAME,
        /** {@code en} or {@code ru}: for readers who request neither. */
        LANGUAGE,
        /** {@code open}, {@code closed}, {@code invitation} or {@code domains}. */
        REGISTRATION,
        /** With {@code domains}: the allowed domains, separated by commas. */
        REGISTRATION_DOMAINS,
        /** The beginning of links in mails; empty: the address listened on. */
        PUBLIC_URL,
        /** Bytes for the files of a user without an own quota. */
        USER_QUOTA,
        /** A rate limit, as the next ones: attempts, a slash, and the window in seconds. */
        LOGIN_LIMIT,
        REGISTER_LIMIT,
        FORGOT_LIMIT,
        RESET_LIMIT,
        CONFIRM_LIMIT,
        BEARER_LIMIT;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The settings in effect.
     *
     * @param stored the settings that override the configuration, as typed
     */
    private record Values(Map<Name, String> stored, ServerConfig config) {}

    public ServerSettings(Database database, ServerConfig configured, Clock clock) {
        this(database, LoadedConfig.of(configured), clock);
    }

    public ServerSettings(Database database, LoadedConfig loaded, Clock clock) {
        this.configured = loaded.config();
        this.sources = loaded.sources();
        this.store = new SettingsStore(database);
        this.clock = clock;
        this.values = new Values(Map.of(), loaded.config());
    }

    /** Returns the configuration, overridden by what is set on pages. */
    public ServerConfig now() {
        return values.config();
    }

    /** Returns every value and its source; a value set on a page shows the source that it overrides. */
    public List<LoadedConfig.Setting> explained() {
        return LoadedConfig.explain(now(), sources);
    }

    /** Returns whether this value was set on a page. */
    public boolean isStored(Name name) {
        return values.stored().containsKey(name);
    }

    /** Reads what is stored. Called at the start, and when another process may have changed it. */
    public Future<Void> load() {
        long look = looks.incrementAndGet();
        return store.all().map(rows -> {
            Map<Name, String> stored = new EnumMap<>(Name.class);
            for (Name name : Name.values()) {
                Optional.ofNullable(rows.get(name.key())).ifPresent(value -> stored.put(name, value));
            }
            settle(stored, look);
            return null;
        });
    }

    /** Ignores a read that began before one that has already been applied: its values are older. */
    private synchronized void settle(Map<Name, String> stored, long look) {
        if (look > newestLook) {
            newestLook = look;
            settle(readable(stored));
        }
    }

    /** Applies a reloaded configuration; what is set on pages still overrides it. */
    public synchronized void reload(ServerConfig fresh) {
        configured = fresh;
        settle(readable(values.stored()));
    }

    /** Calls the follower with each later change, on the thread that makes it: for consumers that cannot read a setting each time. */
    public void onChange(Consumer<ServerConfig> follower) {
        followers.add(follower);
    }

    private synchronized void settle(Values now) {
        boolean changed = !now.config().equals(values.config());
        values = now;
        if (changed) {
            followers.forEach(follower -> follower.accept(now.config()));
        }
    }

    private Values readable(Map<Name, String> stored) {
        try {
            return over(stored);
        } catch (ServerException notAllowed) {
            LOG.error("a saved setting cannot be used, falling back to the configuration: {}", notAllowed.text());
            return new Values(Map.of(), configured);
        }
    }

    /**
     * Sets values, which apply when the future completes. Refuses with {@code INVALID_REQUEST}, and changes nothing, if one is
     * not allowed.
     *
     * @param changes an empty value restores the configured one; a setting that is missing stays as it is
     * @param by named by the audit log, with the names of the changed settings
     */
    public Future<Void> change(Map<Name, Optional<String>> changes, Actor by) {
        Map<Name, String> after = new EnumMap<>(Name.class);
        after.putAll(values.stored());
        Map<String, Optional<String>> rows = new TreeMap<>();
        Set<String> moved = new TreeSet<>();
        changes.forEach((name, value) -> {
            Optional<String> stripped = value.map(String::strip);
            rows.put(name.key(), stripped);
            if (!stripped.equals(Optional.ofNullable(after.get(name)))) {
                moved.add(name.key());
            }
            stripped.ifPresentOrElse(text -> after.put(name, text), () -> after.remove(name));
        });
        Values checked;
        try {
            checked = over(after);
        } catch (ServerException notAllowed) {
            return Future.failedFuture(notAllowed);
        }
        return store.change(rows, entry(moved, by))
                .compose(written -> load().recover(unread -> {
                    settle(checked);
                    return Future.succeededFuture();
                }));
    }

    private AuditEntry entry(Set<String> names, Actor by) {
        AuditType type = AuditType.SETTINGS_CHANGED;
        return new AuditEntry(type.key(), "", "", by.from(), Audit.text(type, by, names), 1, clock.millis())
                .administrator(by.name());
    }

    private Values over(Map<Name, String> stored) {
        try {
            return new Values(
                    Map.copyOf(stored),
                    configured
                            .with(http(stored), accounts(stored), web(stored))
                            .with(
                                    StoredLimits.limits(configured.limits(), stored),
                                    StoredLimits.rateLimits(configured.rateLimits(), stored)));
        } catch (ConfigException notAllowed) {
            // All other values have been checked before.
            throw refusal(Message.DOMAINS_NOT_ALLOWED);
        }
    }

    private HttpConfig http(Map<Name, String> stored) {
        String url = stored.get(Name.PUBLIC_URL);
        if (url == null) {
            return configured.http();
        }
        require(url.length() <= MAX_URL && !CONTROL.matcher(url).find(), Message.PUBLIC_URL_NOT_ALLOWED);
        try {
            return configured.http().withPublicUrl(url);
        } catch (ConfigException noUrl) {
            throw refusal(Message.PUBLIC_URL_NOT_ALLOWED);
        }
    }

    private AccountsConfig accounts(Map<Name, String> stored) {
        AccountsConfig accounts = configured.accounts();
        String registration = stored.getOrDefault(Name.REGISTRATION, accounts.registration());
        require(REGISTRATION.contains(registration), Message.REGISTRATION_UNKNOWN);
        String domains = stored.getOrDefault(Name.REGISTRATION_DOMAINS, String.join(",", accounts.domains()));
        return accounts.withRegistration(
                registration,
                Arrays.stream(domains.split("[,\\s]+"))
                        .filter(domain -> !domain.isEmpty())
                        .toList());
    }

    private WebConfig web(Map<Name, String> stored) {
        String name = stored.getOrDefault(Name.SERVER_NAME, configured.web().serverName());
        boolean oneLine = !name.isBlank()
                && name.length() <= MAX_NAME
                && !CONTROL.matcher(name).find();
        require(oneLine || !stored.containsKey(Name.SERVER_NAME), Message.SERVER_NAME_NOT_ALLOWED);
        String language = stored.getOrDefault(Name.LANGUAGE, configured.web().language());
        require(LANGUAGES.contains(language), Message.SERVER_LANGUAGE_UNKNOWN);
        return new WebConfig(name, language, configured.web().files());
    }

    private static void require(boolean allowed, Message otherwise) {
        if (!allowed) {
            throw refusal(otherwise);
        }
    }

    private static ServerException refusal(Message message) {
        return new ServerException(message);
    }
}
