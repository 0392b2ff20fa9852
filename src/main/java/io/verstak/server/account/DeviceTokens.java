package io.verstak.server.account;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Tells whose token it is. Tokens that were good are remembered, so that a request costs no query; a revoked or blocked
 * one is forgotten by name, look-ups under way included, and refused from the next request on.
 *
 * <p>Safe for any thread; the futures complete on the caller's context.
 */
public final class DeviceTokens implements AuthenticationProvider {
    private static final int MAX_REMEMBERED = 20_000;

    /** Under which attribute {@link #authenticate} leaves the {@link DeviceIdentity}. */
    public static final String DEVICE = "device";

    private final Vertx vertx;
    private final DeviceStore devices;
    private final AsyncCache<String, DeviceIdentity> remembered =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).buildAsync();

    public DeviceTokens(Vertx vertx, DeviceStore devices) {
        this.vertx = vertx;
        this.devices = devices;
    }

    /**
     * Finds the device of a token. Refuses with {@code UNAUTHORIZED} (unknown or revoked), {@code FORBIDDEN} (its user is
     * blocked) and {@code UNAVAILABLE} (the database is out of reach: that is never a reason to call a token unknown).
     */
    public Future<DeviceIdentity> identify(String token) {
        String hash = Tokens.digest(token).hex();
        CompletableFuture<DeviceIdentity> known = remembered.get(
                hash, (key, executor) -> load(key).toCompletionStage().toCompletableFuture());
        return known.isDone() && !known.isCompletedExceptionally()
                ? Future.succeededFuture(known.join())
                : Future.fromCompletionStage(known, vertx.getOrCreateContext());
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

    /** Asks the database again at the token's next use. To be called when what the database says has changed. */
    void forget(String tokenHash) {
        remembered.asMap().remove(tokenHash);
    }

    @Override
    public Future<User> authenticate(Credentials credentials) {
        if (!(credentials instanceof TokenCredentials token)) {
            return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
        }
        return identify(token.getToken()).map(device -> {
            User user = User.create(new JsonObject().put("sub", device.deviceId()));
            user.attributes().put(DEVICE, device);
            return user;
        });
    }
}
