package io.verstak.server.account;

import io.verstak.server.config.AccountsConfig;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Who may register. The one place that decides it, for the call and the page alike, from the settings as they are at that
 * moment. Safe for any thread.
 */
public final class AccountPolicy {
    private final Supplier<AccountsConfig> settings;

    /** @param settings asked each time, so that what an administrator changes holds at once */
    public AccountPolicy(Supplier<AccountsConfig> settings) {
        this.settings = settings;
    }

    /** Whether anybody at all may register; if not, there is no such page and no such call. */
    public boolean registrationOffered() {
        return !settings.get().registration().equals("closed");
    }

    /** Whether registering takes an invitation. */
    public boolean invitationNeeded() {
        return settings.get().registration().equals("invitation");
    }

    /** Whether an invitation lets anybody in who would not get in without. */
    public boolean invitationHelps() {
        return registrationOffered() && !settings.get().registration().equals("open");
    }

    /** Whether registering with a taken address looks as if it were free. */
    boolean hidesTakenEmail() {
        return settings.get().hideTakenEmail();
    }

    /** Refuses with {@code NOT_FOUND} when registration is switched off. */
    void requireOffered() {
        if (!registrationOffered()) {
            throw new ServerException(ErrorCode.NOT_FOUND, "This server does not take registrations.");
        }
    }

    /**
     * Whether an invitation is used up by this registration. Refuses with {@code FORBIDDEN} when one is needed and not
     * shown.
     *
     * @param invited whether one was shown; whether it is any good is found out when it is used
     */
    boolean usesInvitation(EmailAddress email, boolean invited) {
        AccountsConfig now = settings.get();
        boolean admitted = switch (now.registration()) {
            case "invitation" -> false;
            case "domains" -> lowerCase(now.domains()).contains(email.domain());
            default -> true;
        };
        if (!admitted && !invited) {
            throw new ServerException(
                    ErrorCode.FORBIDDEN,
                    now.registration().equals("domains")
                            ? "This server does not take registrations with an address of this domain."
                            : "Registration takes an invitation.");
        }
        return !admitted;
    }

    private static List<String> lowerCase(List<String> domains) {
        return domains.stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    }
}
