package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.InvitationStore.Invitation;
import io.verstak.server.storage.mail.NewMail;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Creates and revokes invitations. */
public final class UserInvitations implements Invitations {
    private static final Duration LINK_LIVES = Duration.ofDays(7);

    private final AccountContext context;
    private final InvitationStore store;
    private final UnaryOperator<String> link;

    /** @param link makes the link of a token */
    public UserInvitations(AccountContext context, InvitationStore store, UnaryOperator<String> link) {
        this.context = context;
        this.store = store;
        this.link = link;
    }

    @Override
    public Future<String> invite(Actor by, String email) {
        return create(by, email).map(link);
    }

    /** Works as {@link #invite}, but returns the token of the link. */
    public Future<String> create(Actor by, String email) {
        Optional<EmailAddress> recipient = EmailAddress.parse(email);
        if (recipient.isEmpty() && !Usernames.typed(email).isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        String token = context.tokens().newToken();
        Instant now = context.clock().instant();
        Instant endsAt = now.plus(LINK_LIVES);
        Invitation invitation = new Invitation(
                context.tokens().newUserId(),
                Tokens.digest(token).hex(),
                recipient.map(EmailAddress::text).orElse(""),
                by.name(),
                now.toEpochMilli(),
                endsAt.toEpochMilli());
        Optional<NewMail> mail = recipient.map(address ->
                context.mails().invitation(context.mails().recipient(address.text(), ""), token, endsAt));
        return store.add(invitation, mail, context.audit().by(by, AuditType.INVITED, "", ""))
                .map(added -> {
                    context.mailQueued();
                    return token;
                });
    }

    @Override
    public Future<Void> revoke(Actor by, String id) {
        return store.revoke(id, context.audit().by(by, AuditType.INVITATION_REVOKED, "", ""));
    }
}
