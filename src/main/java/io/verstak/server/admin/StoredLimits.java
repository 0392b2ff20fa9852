package io.verstak.server.admin;

import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The limits that administrators have set on a page, over those of the configuration. */
final class StoredLimits {
    private static final int MOST_ATTEMPTS = 1_000_000;
    private static final int LONGEST_SECONDS = 86_400;
    private static final Pattern BUDGET = Pattern.compile("([0-9]{1,7})/([0-9]{1,5})");

    private StoredLimits() {}

    /** Refuses a quota that is not a number of bytes with {@code QUOTA_NOT_GIB}. */
    static LimitsConfig limits(LimitsConfig configured, Map<Name, String> stored) {
        String quota = stored.get(Name.USER_QUOTA);
        if (quota == null) {
            return configured;
        }
        if (!quota.matches("[0-9]{1,18}")) {
            throw new ServerException(Message.QUOTA_NOT_GIB);
        }
        return new LimitsConfig(
                configured.maxJsonBody(),
                configured.maxPushOperations(),
                configured.maxPayloadJson(),
                configured.maxPullPage(),
                configured.maxPullBytes(),
                configured.maxBlobBytes(),
                configured.maxVaultBlobBytes(),
                Long.parseLong(quota));
    }

    /** Refuses a limit out of its range with {@code RATE_LIMIT_NOT_ALLOWED}. */
    static RateLimitsConfig rateLimits(RateLimitsConfig configured, Map<Name, String> stored) {
        return new RateLimitsConfig(
                configured.enabled(),
                budget(stored.get(Name.LOGIN_LIMIT), configured.login()),
                budget(stored.get(Name.REGISTER_LIMIT), configured.register()),
                budget(stored.get(Name.FORGOT_LIMIT), configured.forgot()),
                budget(stored.get(Name.RESET_LIMIT), configured.reset()),
                budget(stored.get(Name.CONFIRM_LIMIT), configured.confirm()),
                budget(stored.get(Name.BEARER_LIMIT), configured.bearer()));
    }

    private static Budget budget(@Nullable String stored, Budget configured) {
        if (stored == null) {
            return configured;
        }
        Matcher found = BUDGET.matcher(stored);
        if (!found.matches()) {
            throw new ServerException(Message.RATE_LIMIT_NOT_ALLOWED);
        }
        int attempts = Integer.parseInt(found.group(1));
        int seconds = Integer.parseInt(found.group(2));
        if (attempts < 1 || attempts > MOST_ATTEMPTS || seconds < 1 || seconds > LONGEST_SECONDS) {
            throw new ServerException(Message.RATE_LIMIT_NOT_ALLOWED);
        }
        return new Budget(attempts, seconds);
    }
}
