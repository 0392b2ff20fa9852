package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Secrets passed from a form to the page that shows them: a form answers with a redirect, and secrets must not appear
 * in an address. Each is shown once, to the session that created it, within a minute. Safe for any thread.
 */
public final class OneTimeSecrets {
    private static final int MOST = 1000;
    private static final int ID_BYTES = 16;
    private static final long LIVES_MILLIS = Duration.ofMinutes(1).toMillis();

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    private record Kept(String session, String secret, long until) {}

    public OneTimeSecrets(Clock clock) {
        this.clock = clock;
    }

    /** @return the key under which the page requests it */
    synchronized String keep(SessionIdentity session, String secret) {
        long now = clock.millis();
        kept.values().removeIf(old -> old.until <= now);
        if (kept.size() >= MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String name = HexFormat.of().formatHex(id);
        kept.put(name, new Kept(session.id(), secret, now + LIVES_MILLIS));
        return name;
    }

    synchronized Optional<String> take(SessionIdentity session, String name) {
        Kept found = kept.get(name);
        if (found == null || !found.session.equals(session.id()) || found.until <= clock.millis()) {
            return Optional.empty();
        }
        kept.remove(name);
        return Optional.of(found.secret);
    }
}
