package io.verstak.server.account;

import io.verstak.server.config.AccountsConfig;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Decides who may register and how devices connect, for calls and pages alike, from the current settings. Safe for any thread. */
public final class AccountPolicy {
    private final Supplier<AccountsConfig> settings;

    /** Who must have a second factor. */
    enum SecondFactorPolicy {
        OPTIONAL,
        ADMINISTRATORS,
        EVERYBODY
    }

    /** @param settings read for each decision, so that a change applies immediately */
    public AccountPolicy(Supplier<AccountsConfig> settings) {
        this.settings = settings;
    }

    /** Returns whether registration is possible at all; if not, page and call do not exist. */
    public boolean registrationOffered() {
        return !settings.get().registration().equals("closed");
    }

    /** Returns whether registration requires an invitation. */
    public boolean invitationNeeded() {
        return settings.get().registration().equals("invitation");
    }

    /** Returns whether an invitation admits people who could not register without one. */
    public boolean invitationHelps() {
        return registrationOffered() && !settings.get().registration().equals("open");
    }

    /** Returns whether registering with a taken address looks as if it were free. */
    public boolean hidesTakenEmail() {
        return settings.get().hideTakenEmail();
    }

    /** Returns whether devices connect with connection codes only, and not with passwords. */
    public boolean codesOnly() {
        return settings.get().pairing().equals("code");
    }

    /** Returns who must have a second factor. */
    SecondFactorPolicy secondFactor() {
        return SecondFactorPolicy.valueOf(settings.get().secondFactor().toUpperCase(Locale.ROOT));
    }

    /** Refuses with {@code NOT_FOUND} when registration is switched off. */
    void requireOffered() {
        if (!registrationOffered()) {
            throw new ServerException(Message.REGISTRATION_CLOSED);
        }
    }

    /**
     * Returns whether this registration redeems an invitation. Refuses with {@code FORBIDDEN} when one is required and
     * missing.
     *
     * @param invited whether one was given; it is validated when it is redeemed
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
                    now.registration().equals("domains") ? Message.REGISTRATION_DOMAIN : Message.INVITATION_REQUIRED);
        }
        return !admitted;
    }

    private static List<String> lowerCase(List<String> domains) {
        return domains.stream().map(domain -> domain.toLowerCase(Locale.ROOT)).toList();
    }
}
