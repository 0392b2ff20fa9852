package io.verstak.server.account;

import java.net.InetAddress;

/**
 * Who changes something, for the audit log.
 *
 * @param name the administrator's
 */
public record Actor(String name, InetAddress address) {}
