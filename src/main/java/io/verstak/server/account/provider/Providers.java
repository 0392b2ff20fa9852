package io.verstak.server.account.provider;

import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.config.ServerConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The configured providers, read for each use. Safe for any thread. */
public final class Providers {
    private final Supplier<ServerConfig> settings;

    /** A provider as pages offer it. */
    public record Offer(String id, String name) {}

    public Providers(Supplier<ServerConfig> settings) {
        this.settings = settings;
    }

    /** Returns what people may sign in with: nothing without {@code http.publicUrl}, which providers redirect people to. */
    public List<Offer> offered() {
        return usable().stream()
                .map(provider -> new Offer(provider.id(), provider.name()))
                .toList();
    }

    List<OidcProvider> usable() {
        ServerConfig now = settings.get();
        return now.http().publicUrl().isEmpty() ? List.of() : now.accounts().oidc();
    }

    Optional<OidcProvider> find(String id) {
        return usable().stream().filter(provider -> provider.id().equals(id)).findFirst();
    }

    /** Returns the name of the provider with this issuer, or else the id that it had. */
    String name(String issuer, String id) {
        return settings.get().accounts().oidc().stream()
                .filter(provider -> provider.issuer().equals(issuer))
                .map(OidcProvider::name)
                .findFirst()
                .orElse(id);
    }

    /** Returns where a provider sends browsers back to. */
    String redirect(OidcProvider provider) {
        return settings.get().http().baseUrl(0) + provider.callback();
    }
}
