package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may have an account.
 *
 * @param registration who may make one: everybody, nobody, who has an invitation, or who has an address in one of the
 *     {@code domains}
 * @param domains of e-mail addresses, such as {@code example.org}; subdomains are not included
 * @param hideTakenEmail registering with somebody's address looks as if it were free, and the owner is told by mail
 * @param pairing what connects a device: {@code password}, the password or a connection code; {@code code}, only a code
 * @param secondFactor who must have a second factor: nobody ({@code optional}), {@code administrators}, {@code everybody}
 * @param oidc the OpenID Connect providers that people may sign in with
 */
public record AccountsConfig(
        @OneOf({"open", "closed", "invitation", "domains"}) String registration,
        List<String> domains,
        boolean hideTakenEmail,
        @OneOf({"password", "code"}) String pairing,
        @OneOf({"optional", "administrators", "everybody"}) String secondFactor,
        List<OidcProvider> oidc) {

    static final AccountsConfig DEFAULT =
            new AccountsConfig("open", List.of(), false, "password", "optional", List.of());

    /**
     * An OpenID Connect provider that people may sign in with.
     *
     * @param id part of the redirect address {@code /login/provider/ID/callback}, which the provider has to know
     * @param name shown on the button
     * @param issuer as the provider names itself; the metadata are below it, at {@code /.well-known/openid-configuration}
     * @param clientId of this server at the provider
     * @param clientSecretFile a file with the client's secret; empty: a public client, which proves itself by PKCE alone
     * @param scopes that are asked for, {@code openid} among them
     * @param usernameClaim the claim of the ID token that a new account is named by
     * @param registration who may get an account by signing in: {@code nobody}, {@code invited}, {@code anybody}
     * @param joinByEmail whether an account with the same confirmed address is joined without its owner's password, if the provider has
     *     verified the address
     * @param trustsSecondFactor whether a sign-in at the provider needs no second factor of this server
     * @param groupsClaim the claim of the ID token with the names of groups
     * @param administratorsGroup whose members administer this server; empty: the provider makes nobody an administrator
     */
    public record OidcProvider(
            String id,
            String name,
            String issuer,
            String clientId,
            String clientSecretFile,
            List<String> scopes,
            String usernameClaim,
            @OneOf({"nobody", "invited", "anybody"}) String registration,
            boolean joinByEmail,
            boolean trustsSecondFactor,
            String groupsClaim,
            String administratorsGroup) {
        static final OidcProvider DEFAULT = new OidcProvider(
                "",
                "",
                "",
                "",
                "",
                List.of("openid", "profile", "email"),
                "preferred_username",
                "nobody",
                false,
                false,
                "groups",
                "");

        private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
        private static final Pattern ONE_LINE = Pattern.compile("[^\\p{Cntrl}]{1,200}");
        private static final Pattern SCOPE = Pattern.compile("[!-~&&[^\"\\\\]]{1,200}");
        private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

        public OidcProvider {
            scopes = List.copyOf(scopes);
        }

        /** Returns the path of its redirect address, below {@code http.publicUrl}. */
        public String callback() {
            return "/login/provider/" + id + "/callback";
        }

        /** Short, for the list of settings. */
        @Override
        public String toString() {
            return id + " (" + issuer + ")";
        }

        /** Notes what is not allowed; the key of the provider itself ends with a dot. */
        void check(String key, Problems problems) {
            require(
                    problems,
                    ID.matcher(id).matches(),
                    key + "id",
                    id,
                    "1 to 40 lower-case letters, digits and dashes");
            require(problems, isText(name), key + "name", name, "a name on one line, which the button shows");
            require(
                    problems,
                    isIssuer(issuer),
                    key + "issuer",
                    issuer,
                    "an https:// address without user, query and fragment (http:// on this machine only)");
            require(
                    problems,
                    isText(clientId),
                    key + "clientId",
                    clientId,
                    "the id that the provider gave this server");
            problems.checkPath(key + "clientSecretFile", clientSecretFile);
            boolean scoped = scopes.contains("openid")
                    && scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches());
            require(problems, scoped, key + "scopes", scopes, "a list of scopes, openid among them");
            require(problems, isText(usernameClaim), key + "usernameClaim", usernameClaim, "the name of a claim");
            require(problems, isText(groupsClaim), key + "groupsClaim", groupsClaim, "the name of a claim");
            require(
                    problems,
                    administratorsGroup.isEmpty() || isText(administratorsGroup),
                    key + "administratorsGroup",
                    administratorsGroup,
                    "the name of a group, or nothing");
        }

        private static void require(Problems problems, boolean allowed, String key, Object value, String use) {
            if (!allowed) {
                problems.refuse(key, value, use);
            }
        }

        private static boolean isText(String text) {
            return ONE_LINE.matcher(text).matches() && !text.isBlank();
        }

        private static boolean isIssuer(String text) {
            try {
                URI uri = new URI(text);
                return uri.getHost() != null
                        && uri.getRawUserInfo() == null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null
                        && isProtected(uri);
            } catch (URISyntaxException notAnAddress) {
                return false;
            }
        }

        /** Returns whether nobody on the way can read or change what is sent to this address. */
        public static boolean isProtected(URI uri) {
            @Nullable String host = uri.getHost();
            return "https".equals(uri.getScheme())
                    || ("http".equals(uri.getScheme()) && host != null && LOOPBACK.contains(host));
        }
    }

    public AccountsConfig {
        domains = List.copyOf(domains);
        oidc = List.copyOf(oidc);
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
        Set<String> ids = new HashSet<>();
        Set<String> issuers = new HashSet<>();
        for (int i = 0; i < oidc.size(); i++) {
            String key = "accounts.oidc[" + i + "].";
            OidcProvider provider = oidc.get(i);
            provider.check(key, problems);
            if (!ids.add(provider.id())) {
                problems.refuse(key + "id", provider.id(), "an id that no other provider has");
            }
            if (!issuers.add(provider.issuer())) {
                problems.refuse(key + "issuer", provider.issuer(), "an issuer that no other provider has");
            }
        }
        problems.throwIfAny();
    }

    /** The same with other rules for registration. */
    public AccountsConfig withRegistration(String other, List<String> otherDomains) {
        return new AccountsConfig(other, otherDomains, hideTakenEmail, pairing, secondFactor, oidc);
    }
}
