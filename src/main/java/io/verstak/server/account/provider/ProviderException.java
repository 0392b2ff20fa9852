package io.verstak.server.account.provider;

import io.verstak.server.error.Message;
import java.io.Serial;

/** Why a provider's answer cannot be used: for the log, without codes, tokens and what they say of the person. */
final class ProviderException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Message message;

    private ProviderException(Message message, String reason) {
        super(reason, null, false, false);
        this.message = message;
    }

    /** The provider cannot be reached, or does not do its work. */
    static ProviderException unreachable(String reason) {
        return new ProviderException(Message.PROVIDER_UNREACHABLE, reason);
    }

    /** The provider answers what must not be believed. */
    static ProviderException refused(String reason) {
        return new ProviderException(Message.PROVIDER_REFUSED, reason);
    }

    /** Returns what the person is told. */
    Message told() {
        return message;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
