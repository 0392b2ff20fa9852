package io.verstak.server.http.web;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;

/**
 * The page of a link that no longer works: says so at once, and what to do instead.
 *
 * @param advice the message's key
 * @param path the address of the button
 * @param button the key of its text
 */
public record ExpiredLinkPage(String advice, String path, String button) {
    private static final String TEMPLATE = "link-over";

    /** The link of a mail about an account. */
    public static Reply ofAccount() {
        return reply(new ExpiredLinkPage("link.over.account", "/forgot", "login.forgot"));
    }

    static Reply ofReset() {
        return reply(new ExpiredLinkPage("link.over.reset", "/forgot", "reset.again"));
    }

    static Reply ofInvitation() {
        return reply(new ExpiredLinkPage("link.over.invitation", "/login", "login.button"));
    }

    private static Reply reply(ExpiredLinkPage view) {
        return Reply.page(TEMPLATE, view).status(ErrorCode.INVALID_REQUEST.status());
    }

    /** Returns whether a form was refused because its link was used or expired. */
    static boolean caused(Throwable failure) {
        return Message.LINK_EXPIRED.isReasonOf(failure);
    }
}
