package io.verstak.server.http;

import io.verstak.server.account.ClientAddress;
import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.DeviceTokens;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.account.SessionTokens;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out who asks: {@code Authorization: Bearer <token>} (RFC 6750, section 2.1) or a session's cookie, and nothing else. */
final class Authentication {
    private static final String SCHEME = "Bearer ";

    /** A session's cookie, and its name where the browser itself sees to it that only this host on https has set it. */
    private static final List<String> USER_COOKIES = List.of("__Host-user_session", "user_session");

    private final DeviceTokens devices;
    private final DeviceActivity activity;
    private final SessionTokens sessions;
    private final ClientAddress addresses;

    Authentication(DeviceTokens devices, DeviceActivity activity, SessionTokens sessions, ClientAddress addresses) {
        this.devices = devices;
        this.activity = activity;
        this.sessions = sessions;
        this.addresses = addresses;
    }

    Future<DeviceIdentity> device(RoutingContext context) {
        return bearer(context)
                .map(token -> devices.identify(token, () -> Call.clientAddress(context, addresses))
                        .onSuccess(activity::seen))
                .orElseGet(Authentication::refuse);
    }

    Future<SessionIdentity> user(RoutingContext context) {
        return bearer(context)
                .or(() -> cookie(context))
                .map(token -> sessions.identify(token, () -> Call.clientAddress(context, addresses)))
                .orElseGet(Authentication::refuse);
    }

    private static Optional<String> bearer(RoutingContext context) {
        List<String> headers = context.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        return headers.size() == 1 && headers.get(0).startsWith(SCHEME)
                ? Optional.of(headers.get(0).substring(SCHEME.length()))
                : Optional.empty();
    }

    private static Optional<String> cookie(RoutingContext context) {
        for (String name : USER_COOKIES) {
            @Nullable Cookie cookie = context.request().getCookie(name);
            if (cookie != null) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    private static <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
    }
}
