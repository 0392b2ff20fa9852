package io.verstak.server.account.factor;

import java.util.List;

/**
 * Recovery codes that were drawn and are not stored yet.
 *
 * @param shown as the person reads them, once
 * @param hashes to be stored
 */
public record NewRecoveryCodes(List<String> shown, List<String> hashes) {
    public NewRecoveryCodes {
        shown = List.copyOf(shown);
        hashes = List.copyOf(hashes);
    }

    /** Without the codes. */
    @Override
    public String toString() {
        return "NewRecoveryCodes";
    }
}
