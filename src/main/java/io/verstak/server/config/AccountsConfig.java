package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;
import java.util.List;

/**
 * Who may have an account.
 *
 * @param registration who may make one: everybody, nobody, who has an invitation, or who has an address in one of the
 *     {@code domains}
 * @param domains of e-mail addresses, such as {@code example.org}; subdomains are not included
 * @param hideTakenEmail registering with somebody's address looks as if it were free, and the owner is told by mail
 * @param pairing what connects a device: {@code password}, the password or a connection code; {@code code}, only a code
 * @param secondFactor who must have a second factor: nobody ({@code optional}), {@code administrators}, {@code everybody}
 */
public record AccountsConfig(
        @OneOf({"open", "closed", "invitation", "domains"}) String registration,
        List<String> domains,
        boolean hideTakenEmail,
        @OneOf({"password", "code"}) String pairing,
        @OneOf({"optional", "administrators", "everybody"}) String secondFactor) {

    static final AccountsConfig DEFAULT = new AccountsConfig("open", List.of(), false, "password", "optional");

    public AccountsConfig {
        domains = List.copyOf(domains);
        Problems problems = new Problems();
        for (String domain : domains) {
            if (!domain.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*")) {
                problems.refuse("accounts.domains", domain, "a domain such as example.org");
            }
        }
        if (registration.equals("domains") && domains.isEmpty()) {
            problems.refuse(
                    "accounts.domains", "an empty list", "at least one domain while accounts.registration is domains");
        }
        problems.throwIfAny();
    }
}
