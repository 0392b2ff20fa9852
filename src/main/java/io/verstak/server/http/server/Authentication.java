package io.verstak.server.http.server;

import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.api.FilesApi;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Identifies callers: {@code Authorization: Bearer <token>} (RFC 6750, section 2.1; the scheme in any case, RFC 9110, section
 * 11.1) or a session's cookie, and nothing else.
 */
final class Authentication {
    private static final String SCHEME = "Bearer ";

    private final DeviceTokens devices;
    private final DeviceActivity activity;
    private final SessionTokens sessions;
    private final SessionTokens administrators;
    private final ClientAddress addresses;
    private final Csrf csrf;

    Authentication(AccountModule accounts, ClientAddress addresses, Csrf csrf) {
        this.devices = accounts.deviceTokens();
        this.activity = accounts.activity();
        this.sessions = accounts.sessionTokens();
        this.administrators = accounts.administratorTokens();
        this.addresses = addresses;
        this.csrf = csrf;
    }

    Future<DeviceIdentity> device(RoutingContext context) {
        return device(context, devices::identify);
    }

    /** Identifies a device that may add something. Refuses with {@code READ_ONLY}. */
    Future<DeviceIdentity> writer(RoutingContext context) {
        return device(context)
                .compose(device -> device.readOnly() ? ErrorCode.READ_ONLY.refuse() : Future.succeededFuture(device));
    }

    /** Identifies the device of a push or a pull: the log asks whether it still has access. */
    Future<DeviceIdentity> deviceOfLog(RoutingContext context) {
        return device(context, devices::recall);
    }

    private Future<DeviceIdentity> device(
            RoutingContext context, BiFunction<String, Supplier<InetAddress>, Future<DeviceIdentity>> tokens) {
        return bearer(context)
                .map(token -> tokens.apply(token, () -> Request.clientAddress(context, addresses))
                        .onSuccess(RequestRecord.of(context)::of)
                        .onSuccess(activity::seen))
                .orElseGet(Authentication::refuse);
    }

    /** Returns the address of the other end of the connection, for callers that need no identity. */
    static Future<String> stranger(RoutingContext context) {
        return Future.succeededFuture(
                String.valueOf(context.request().remoteAddress().hostAddress()));
    }

    /** Identifies a user by a bearer token or the cookie; with the cookie, a change must come from a page of this server. */
    Future<SessionIdentity> user(RoutingContext context) {
        Optional<String> bearer = bearer(context);
        if (bearer.isEmpty() && changes(context)) {
            csrf.requireOwnPage(context);
        }
        return bearer.or(() -> Cookies.read(context, Cookies.USER_SESSION))
                .map(token -> identify(sessions, token, context))
                .orElseGet(Authentication::refuse);
    }

    /** Returns the vault that the path names, if it is open to the device or the session of the request. */
    Future<Grant> vault(RoutingContext context, VaultAccess access) {
        String vaultId = String.valueOf(context.pathParam(FilesApi.VAULT));
        Supplier<Future<Grant>> ofSession = () -> user(context)
                .compose(Authentication::requireEnrolled)
                .compose(
                        session -> access.of(session, vaultId, context.request().getParam("owner", "")));
        return bearer(context).isEmpty()
                ? ofSession.get()
                : device(context)
                        .compose(device -> device.scope().vaultId().equals(vaultId)
                                ? Future.succeededFuture(
                                        new Grant(device.scope(), device.userId(), vaultId, role(device), false))
                                : ErrorCode.NOT_FOUND.<Grant>refuse())
                        .recover(failure ->
                                failure instanceof ServerException refusal && refusal.code() == ErrorCode.UNAUTHORIZED
                                        ? ofSession.get()
                                        : Future.failedFuture(failure));
    }

    private static Role role(DeviceIdentity device) {
        if (device.readOnly()) {
            return Role.READER;
        }
        return device.userId().equals(device.scope().userId()) ? Role.OWNER : Role.EDITOR;
    }

    /** Identifies a user by the cookie alone, as on a page. */
    Future<SessionIdentity> visitor(RoutingContext context) {
        return Cookies.read(context, Cookies.USER_SESSION)
                .map(token -> identify(sessions, token, context))
                .orElseGet(Authentication::refuse);
    }

    /** Identifies an administrator by the cookie. */
    Future<SessionIdentity> administrator(RoutingContext context) {
        return Cookies.read(context, Cookies.ADMIN_SESSION)
                .map(token -> identify(administrators, token, context))
                .orElseGet(Authentication::refuse);
    }

    /** Refuses a session that may do nothing but set up a second factor. */
    static Future<SessionIdentity> requireEnrolled(SessionIdentity session) {
        return session.enrols() ? Message.SECOND_FACTOR_REQUIRED.refuse() : Future.succeededFuture(session);
    }

    /** Returns whether the method may change something (RFC 9110, section 9.2.1). */
    static boolean changes(RoutingContext context) {
        HttpMethod method = context.request().method();
        return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
    }

    private Future<SessionIdentity> identify(SessionTokens realm, String token, RoutingContext context) {
        return realm.identify(token, () -> Request.clientAddress(context, addresses))
                .onSuccess(RequestRecord.of(context)::of);
    }

    private static Optional<String> bearer(RoutingContext context) {
        List<String> headers = context.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        return headers.size() == 1 && headers.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(headers.get(0).substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private static <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED));
    }
}
