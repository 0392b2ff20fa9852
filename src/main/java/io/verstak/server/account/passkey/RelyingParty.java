package io.verstak.server.account.passkey;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The server as passkeys know it (WebAuthn Level 2, section 4): the host of the public address.
 *
 * @param id the host; a passkey works for no other one
 * @param origin scheme, host and port of the pages, as browsers report them; empty: there are no passkeys
 * @param obstacle why there are none
 */
public record RelyingParty(String id, String origin, Obstacle obstacle) {
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|.*[:\\[].*");

    /** Why a server has no passkeys. */
    public enum Obstacle {
        NONE,
        /** No public address is configured. */
        NO_ADDRESS,
        /** The public address is an IP address, for which browsers create no passkeys. */
        IP_ADDRESS,
        /** The public address is not https. */
        NO_HTTPS
    }

    /** Returns the relying party of a public address, such as {@code https://sync.example.org/verstak}. */
    public static RelyingParty of(String publicUrl) {
        if (publicUrl.isEmpty()) {
            return none(Obstacle.NO_ADDRESS);
        }
        URI url = URI.create(publicUrl.toLowerCase(Locale.ROOT));
        String host = url.getHost();
        if (host == null) {
            return none(Obstacle.NO_ADDRESS);
        }
        if (IP_ADDRESS.matcher(host).matches()) {
            return none(Obstacle.IP_ADDRESS);
        }
        boolean https = "https".equals(url.getScheme());
        if (!https && !host.equals("localhost")) {
            return none(Obstacle.NO_HTTPS);
        }
        boolean usual = url.getPort() == -1 || url.getPort() == (https ? 443 : 80);
        String origin = url.getScheme() + "://" + host + (usual ? "" : ":" + url.getPort());
        return new RelyingParty(host, origin, Obstacle.NONE);
    }

    private static RelyingParty none(Obstacle obstacle) {
        return new RelyingParty("", "", obstacle);
    }

    public boolean hasPasskeys() {
        return obstacle == Obstacle.NONE;
    }
}
