package io.verstak.server.domain.sharing;

import io.verstak.server.domain.Scope;

/**
 * A vault that is shared with a user, as the user sees it.
 *
 * @param scope its user is the owner
 * @param name given by its owner; empty: none
 * @param owner the owner's name
 * @param deleted whether the owner has deleted it, which can be undone
 */
public record SharedVault(Scope scope, String name, String owner, Role role, boolean deleted) {

    /** Returns what people know it by: its name, or else its id. */
    public String label() {
        return name.isEmpty() ? scope.vaultId() : name;
    }
}
