package io.verstak.server.admin;

import io.verstak.server.domain.Actor;
import io.vertx.core.Future;

/** Invitations to register. May be called on any context; futures complete there. */
public interface Invitations {

    /**
     * Creates an invitation for one person, valid for 7 days. Refuses with {@code INVALID_REQUEST} (not an address).
     *
     * @param email the recipient of a mail with the link; empty: the administrator hands the link over
     * @return the link
     */
    Future<String> invite(Actor by, String email);

    /** Invalidates an unused invitation. Fails with {@code NOT_FOUND} if there is none. */
    Future<Void> revoke(Actor by, String id);
}
