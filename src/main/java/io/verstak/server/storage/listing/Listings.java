package io.verstak.server.storage.listing;

import io.verstak.server.storage.Database;

/** The administrators' lists, which share the search for users by name. */
public record Listings(UserListing users, DeviceListing devices, VaultListing vaults, AuditListing audit) {
    /** With fewer users than this, the database finds names quickly enough. */
    private static final long MANY_USERS = 2000;

    public static Listings of(Database database) {
        return of(database, MANY_USERS);
    }

    private static Listings of(Database database, long manyUsers) {
        return of(database, new UserCatalogue(database, manyUsers));
    }

    static Listings of(Database database, UserCatalogue catalogue) {
        UserSearch search = new UserSearch(database, catalogue);
        return new Listings(
                new UserListing(database, catalogue, search),
                new DeviceListing(database, search),
                new VaultListing(database, search),
                new AuditListing(database));
    }
}
