package io.verstak.server.auth.token;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.DeviceStore.Bearer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Authenticates device tokens. Valid tokens are cached, so that a request costs no query unless other nodes use the database; a
 * revoked or blocked one is invalidated, look-ups in progress included, and refused from the next request on, on every node.
 *
 * <p>Safe for any thread; futures complete on the caller's context.
 */
public final class DeviceTokens {

    private final DeviceStore devices;
    private final TokenCache<DeviceIdentity> remembered;

    /** Receives devices whose access may have ended. */
    private volatile Consumer<Predicate<DeviceIdentity>> doubted = devices -> {};

    public DeviceTokens(Vertx vertx, DeviceStore devices, TokenLookupLimiter refusals) {
        this.devices = devices;
        this.remembered = new TokenCache<>(vertx, refusals, devices.isShared());
    }

    /**
     * Returns the device of a token. Refuses with {@code UNAUTHORIZED} (unknown or revoked), {@code FORBIDDEN} (its
     * user is blocked), {@code GONE} (its vault was deleted), {@code RATE_LIMITED} (too many wrong tokens from this address) and
     * {@code UNAVAILABLE} (the database cannot be reached, which never makes a token unknown).
     *
     * @param from the client's network address, evaluated only when the token is not cached
     */
    public Future<DeviceIdentity> identify(String token, Supplier<InetAddress> from) {
        return remembered.get(Tokens.digest(token).hex(), from, this::load);
    }

    /**
     * As {@link #identify}, for work whose own statement asks whether the device still has access, as pushes and pulls do on a
     * database of several nodes: a token belongs to its device for ever.
     */
    public Future<DeviceIdentity> recall(String token, Supplier<InetAddress> from) {
        return remembered.recall(Tokens.digest(token).hex(), from, this::load);
    }

    private Future<DeviceIdentity> load(String tokenHash) {
        return devices.findByTokenHash(tokenHash).compose(DeviceTokens::admit);
    }

    private static Future<DeviceIdentity> admit(Optional<Bearer> found) {
        if (found.isEmpty() || found.get().revoked()) {
            return ErrorCode.UNAUTHORIZED.refuse();
        }
        if (found.get().blocked()) {
            return Message.ACCOUNT_BLOCKED.refuse();
        }
        return found.get().deleted()
                ? Message.VAULT_DELETED.refuse()
                : Future.succeededFuture(found.get().identity());
    }

    /**
     * Invalidates the token and the old key of a device whose row has changed. Open waits of the device check at once whether
     * it still has access.
     */
    public void forget(Collection<String> hashes) {
        List<Optional<DeviceIdentity>> known =
                hashes.stream().map(remembered::forget).toList();
        if (!known.isEmpty()) {
            doubted.accept(device -> known.stream()
                    .anyMatch(one -> one.isEmpty() || one.get().deviceId().equals(device.deviceId())));
        }
    }

    /** Invalidates all devices of a user, and those that others have paired with the user's vaults. */
    void forgetUser(String userId) {
        Predicate<DeviceIdentity> ofUser = device ->
                device.userId().equals(userId) || device.scope().userId().equals(userId);
        remembered.forgetIf(ofUser);
        doubted.accept(ofUser);
    }

    /** Invalidates all devices. */
    void forgetAll() {
        remembered.forgetAll();
        doubted.accept(device -> true);
    }

    /**
     * Sets the listener for open waits, called on any thread when tokens are invalidated. It must call {@link
     * #admitted} for those of its devices that match the predicate.
     */
    public void onDoubt(Consumer<Predicate<DeviceIdentity>> listener) {
        doubted = listener;
    }

    /** Returns the devices that still have access. Refuses with {@code UNAVAILABLE}. */
    public Future<Set<DeviceIdentity>> admitted(Collection<DeviceIdentity> asked) {
        Map<String, DeviceIdentity> byId = new HashMap<>();
        asked.forEach(device -> byId.put(device.deviceId(), device));
        return devices.admitted(byId.keySet())
                .map(ids -> ids.stream().map(byId::get).collect(Collectors.toSet()));
    }
}
