package io.verstak.server.http.web.admin;

import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.config.ConfigChanges;
import io.verstak.server.config.LoadedConfig.Setting;
import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.MailView;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every setting with its value and source. */
final class SettingsList {
    private static final String PAGE = "page";
    private static final String SECRET = "********";

    private static final Map<String, Name> ON_PAGE = Map.of(
            "web.serverName", Name.SERVER_NAME,
            "web.language", Name.LANGUAGE,
            "accounts.registration", Name.REGISTRATION,
            "accounts.domains", Name.REGISTRATION_DOMAINS,
            "http.publicUrl", Name.PUBLIC_URL,
            "limits.maxUserBlobBytes", Name.USER_QUOTA);

    private static final Pattern RATE_LIMIT = Pattern.compile("rateLimits\\.([a-z]+)\\..*");

    /** The keys of sizes in bytes. */
    private static final Pattern SIZE =
            Pattern.compile(".*(Bytes|bytesPerSecond|BytesPerSecond|maxJsonBody|maxPayloadJson)");

    private final ServerSettings settings;

    /**
     * A setting.
     *
     * @param value secrets are shown as stars
     * @param source {@code page}, {@code default}, {@code flag}, a variable's name, or the file
     * @param bytes the value if it is a size; null: it is none
     * @param live whether a change applies without a restart
     * @param variable the environment variable that sets it
     */
    public record Row(String key, String value, @Nullable Long bytes, String source, String variable, boolean live) {

        /** Returns the group of the configuration that it belongs to. */
        public String group() {
            return key.substring(0, key.indexOf('.'));
        }
    }

    SettingsList(ServerSettings settings) {
        this.settings = settings;
    }

    /** @param mail the mail settings in effect, which a page may have set as a whole */
    List<Row> rows(MailView mail) {
        Map<String, String> set = mail.stored() ? values(mail) : Map.of();
        return settings.explained().stream()
                .map(setting -> Optional.ofNullable(set.get(setting.key()))
                        .map(value -> new Row(setting.key(), value, null, PAGE, setting.variable(), true))
                        .orElseGet(() -> row(setting)))
                .toList();
    }

    private static Map<String, String> values(MailView mail) {
        return Map.of(
                "mail.host", mail.host(),
                "mail.port", Integer.toString(mail.port()),
                "mail.security", mail.security(),
                "mail.user", mail.user(),
                "mail.password", mail.hasPassword() ? SECRET : "",
                "mail.from", mail.from());
    }

    private Row row(Setting setting) {
        Matcher limit = RATE_LIMIT.matcher(setting.key());
        @Nullable
        Name name = limit.matches()
                ? Name.valueOf(limit.group(1).toUpperCase(Locale.ROOT) + "_LIMIT")
                : ON_PAGE.get(setting.key());
        boolean page = name != null && settings.isStored(name);
        String value = setting.value() instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(setting.value());
        Long bytes = setting.value() instanceof Number number
                        && SIZE.matcher(setting.key()).matches()
                ? Long.valueOf(number.longValue())
                : null;
        return new Row(
                setting.key(),
                value,
                bytes,
                page ? PAGE : setting.source(),
                setting.variable(),
                ConfigChanges.isLive(setting.key()));
    }

    /**
     * The form of the default quota and of the rate limits.
     *
     * @param quota in GiB
     */
    public record LimitsForm(String quota, List<Limit> limits) {
        private static final BigDecimal GIBIBYTE = BigDecimal.valueOf(1L << 30);
        private static final BigDecimal MINUTE = BigDecimal.valueOf(60);

        private static final List<Kind> KINDS = List.of(
                new Kind("login", Name.LOGIN_LIMIT, RateLimitsConfig::login),
                new Kind("register", Name.REGISTER_LIMIT, RateLimitsConfig::register),
                new Kind("forgot", Name.FORGOT_LIMIT, RateLimitsConfig::forgot),
                new Kind("reset", Name.RESET_LIMIT, RateLimitsConfig::reset),
                new Kind("confirm", Name.CONFIRM_LIMIT, RateLimitsConfig::confirm),
                new Kind("bearer", Name.BEARER_LIMIT, RateLimitsConfig::bearer));

        /** The settings of this form. */
        static final List<Name> NAMES = List.of(
                Name.USER_QUOTA,
                Name.LOGIN_LIMIT,
                Name.REGISTER_LIMIT,
                Name.FORGOT_LIMIT,
                Name.RESET_LIMIT,
                Name.CONFIRM_LIMIT,
                Name.BEARER_LIMIT);

        private record Kind(String name, Name setting, Function<RateLimitsConfig, Budget> of) {}

        /** A rate limit as its two fields show it. */
        public record Limit(String name, String attempts, String minutes) {}

        static LimitsForm of(ServerConfig now) {
            return new LimitsForm(
                    text(BigDecimal.valueOf(now.limits().maxUserBlobBytes()).divide(GIBIBYTE, 3, RoundingMode.HALF_UP)),
                    KINDS.stream()
                            .map(kind -> {
                                Budget budget = kind.of().apply(now.rateLimits());
                                return new Limit(
                                        kind.name(),
                                        Integer.toString(budget.attempts()),
                                        text(BigDecimal.valueOf(budget.windowSeconds())
                                                .divide(MINUTE, 3, RoundingMode.HALF_UP)));
                            })
                            .toList());
        }

        static LimitsForm of(FormFields fields) {
            return new LimitsForm(
                    fields.get("quota"),
                    KINDS.stream()
                            .map(kind -> new Limit(
                                    kind.name(),
                                    fields.get(kind.name() + "_attempts"),
                                    fields.get(kind.name() + "_minutes")))
                            .toList());
        }

        /**
         * Returns what is to be changed: what differs from the settings in effect. An empty field restores the configuration's value.
         * Throws {@code QUOTA_NOT_GIB} or {@code RATE_LIMIT_NOT_ALLOWED} for a value that is not a number.
         */
        Map<Name, Optional<String>> changes(ServerSettings settings) {
            LimitsForm before = of(settings.now());
            Map<Name, Optional<String>> changes = new EnumMap<>(Name.class);
            if (!quota.strip().equals(before.quota())) {
                changes.put(Name.USER_QUOTA, stored(quota, GIBIBYTE, Message.QUOTA_NOT_GIB));
            }
            for (int i = 0; i < KINDS.size(); i++) {
                Limit limit = limits.get(i);
                if (!limit.equals(before.limits().get(i))) {
                    Optional<String> attempts =
                            stored(limit.attempts(), BigDecimal.ONE, Message.RATE_LIMIT_NOT_ALLOWED);
                    Optional<String> seconds = stored(limit.minutes(), MINUTE, Message.RATE_LIMIT_NOT_ALLOWED);
                    if (attempts.isPresent() != seconds.isPresent()) {
                        throw new ServerException(Message.RATE_LIMIT_NOT_ALLOWED);
                    }
                    changes.put(KINDS.get(i).setting(), attempts.map(number -> number + "/" + seconds.orElse("")));
                }
            }
            return changes;
        }

        private static Optional<String> stored(String typed, BigDecimal unit, Message otherwise) {
            String number = typed.strip().replace(',', '.');
            if (number.isEmpty()) {
                return Optional.empty();
            }
            if (!number.matches("[0-9]{1,7}(\\.[0-9]{1,3})?")) {
                throw new ServerException(otherwise);
            }
            return Optional.of(new BigDecimal(number)
                    .multiply(unit)
                    .setScale(0, RoundingMode.HALF_UP)
                    .toPlainString());
        }

        private static String text(BigDecimal number) {
            return number.stripTrailingZeros().toPlainString();
        }
    }
}
