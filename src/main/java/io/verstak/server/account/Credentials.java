package io.verstak.server.account;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A login as a client sent it; a missing or null field is empty.
 *
 * @param address the client's network address
 */
public record Credentials(@Nullable String login, @Nullable String password, InetAddress address) {
    /** Without the password. */
    @Override
    public String toString() {
        return "Credentials[%s]".formatted(login);
    }
}
