package io.verstak.server.domain;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who changes something, for the audit log.
 *
 * @param name the administrator's
 * @param address null for somebody at the machine itself
 */
public record Actor(String name, @Nullable InetAddress address) {
    /** Somebody who gives a command on the machine of the server. */
    public static final Actor COMMAND_LINE = new Actor("command line", null);

    /** The address as the audit log shows it; empty at the machine itself. */
    public String from() {
        return address == null ? "" : address.getHostAddress();
    }
}
