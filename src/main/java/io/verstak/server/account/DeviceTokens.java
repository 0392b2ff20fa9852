package io.verstak.server.account;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DeviceStore;
import io.verstak.server.storage.DeviceStore.Bearer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
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
 * Tells whose token it is. Tokens that were good are remembered, so that a request costs no query; a revoked or blocked
 * one is forgotten, look-ups under way included, and refused from the next request on.
 *
 * <p>Safe for any thread; the futures complete on the caller's context.
 */
public final class DeviceTokens implements AuthenticationProvider {
    /** Under which attribute {@link #authenticate} leaves the {@link DeviceIdentity}. */
    public static final String DEVICE = "device";

    private final DeviceStore devices;
    private final BearerRefusals refusals;
    private final TokenCache<DeviceIdentity> remembered;

    /** Told of devices whose access may have ended. */
    private volatile Consumer<Predicate<DeviceIdentity>> doubted = devices -> {};

    DeviceTokens(Vertx vertx, DeviceStore devices, BearerRefusals refusals) {
        this.devices = devices;
        this.refusals = refusals;
        this.remembered = new TokenCache<>(vertx);
    }

    /**
     * Finds the device of a token. Refuses with {@code UNAUTHORIZED} (unknown or revoked), {@code FORBIDDEN} (its user is
     * blocked), {@code RATE_LIMITED} (too many wrong ones from this address) and {@code UNAVAILABLE} (the database is out
     * of reach: that is never a reason to call a token unknown).
     *
     * @param from the client's network address, asked for only when the token is not remembered
     */
    public Future<DeviceIdentity> identify(String token, Supplier<InetAddress> from) {
        return remembered.get(Tokens.digest(token).hex(), hash -> refusals.guard(from.get(), () -> load(hash)));
    }

    private Future<DeviceIdentity> load(String tokenHash) {
        return devices.findByTokenHash(tokenHash).compose(DeviceTokens::admit);
    }

    private static Future<DeviceIdentity> admit(Optional<Bearer> found) {
        if (found.isEmpty() || found.get().revoked()) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
        }
        return found.get().blocked()
                ? Future.failedFuture(new ServerException(ErrorCode.FORBIDDEN, "This account is blocked."))
                : Future.succeededFuture(found.get().identity());
    }

    /**
     * Asks the database again at the next use of any of these. To be called with all that a device signs in with, when what the
     * database says of it has changed: a wait that one of them ends looks at once whether its own is still good.
     */
    void forget(Collection<String> hashes) {
        List<Optional<DeviceIdentity>> known =
                hashes.stream().map(remembered::forget).toList();
        if (!known.isEmpty()) {
            doubted.accept(device ->
                    known.stream().anyMatch(one -> one.isEmpty() || one.get().equals(device)));
        }
    }

    /** The same for all devices of a user. */
    void forgetUser(String userId) {
        Predicate<DeviceIdentity> ofUser = device -> device.scope().userId().equals(userId);
        remembered.forgetIf(ofUser);
        doubted.accept(ofUser);
    }

    /** The same for all devices. */
    void forgetAll() {
        remembered.forgetAll();
        doubted.accept(device -> true);
    }

    /**
     * For who lets a request last: names a listener, called on any thread, for what is forgotten. It has to ask
     * {@link #admitted} about those of its devices that the predicate holds for.
     */
    public void onDoubt(Consumer<Predicate<DeviceIdentity>> listener) {
        doubted = listener;
    }

    /** Those of the devices that may still do what they do. Refuses with {@code UNAVAILABLE}. */
    public Future<Set<DeviceIdentity>> admitted(Collection<DeviceIdentity> asked) {
        Map<String, DeviceIdentity> byId = new HashMap<>();
        asked.forEach(device -> byId.put(device.deviceId(), device));
        return devices.admitted(byId.keySet())
                .map(ids -> ids.stream().map(byId::get).collect(Collectors.toSet()));
    }

    @Override
    public Future<User> authenticate(Credentials credentials) {
        if (!(credentials instanceof TokenCredentials token)) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
        }
        return remembered.get(Tokens.digest(token.getToken()).hex(), this::load).map(device -> {
            User user = User.create(new JsonObject().put("sub", device.deviceId()));
            user.attributes().put(DEVICE, device);
            return user;
        });
    }
}
