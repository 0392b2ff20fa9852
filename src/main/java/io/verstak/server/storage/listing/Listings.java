package io.verstak.server.storage.listing;

import io.verstak.server.storage.Database;

/** The administrators' lists. */
public record Listings(UserListing users, DeviceListing devices, VaultListing vaults, AuditListing audit) {

    public static Listings of(Database database) {
        return new Listings(
                new UserListing(database),
                new DeviceListing(database),
                new VaultListing(database),
                new AuditListing(database));
    }
}
