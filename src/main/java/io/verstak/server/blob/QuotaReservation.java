package io.verstak.server.blob;

/** The quota that one upload has reserved of its scope and its user. Used by one thread at a time. */
public final class QuotaReservation {
    private final QuotaUsage scope;
    private final QuotaUsage user;
    private long taken;

    QuotaReservation(QuotaUsage scope, QuotaUsage user) {
        this.scope = scope;
        this.user = user;
    }

    /** Reserves quota for received bytes. Returns false when the scope or the user has none left. */
    public boolean take(long bytes) {
        if (!scope.take(bytes)) {
            return false;
        }
        if (!user.take(bytes)) {
            scope.giveBack(bytes);
            return false;
        }
        taken += bytes;
        return true;
    }

    /** Marks the bytes as newly stored. */
    public void settle() {
        scope.settle(taken);
        user.settle(taken);
        taken = 0;
    }

    /** Releases the reservation: the bytes need no quota of their own. */
    public void release() {
        scope.giveBack(taken);
        user.giveBack(taken);
        taken = 0;
    }
}
