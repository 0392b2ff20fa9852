package io.verstak.server.http.api;

import static java.util.Objects.requireNonNullElse;

import io.verstak.server.account.Credentials;
import io.verstak.server.account.OwnPassword;
import io.verstak.server.account.OwnPassword.PasswordReset;
import io.verstak.server.account.Registration;
import io.verstak.server.account.Registration.Application;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SignedIn;
import io.verstak.server.error.Message;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Registration, sign-in and password reset, as in section 5 of the wire contract. */
public final class AuthApi {
    private final Registration registration;
    private final Sessions sessions;
    private final OwnPassword passwords;

    public record RegistrationRequest(
            @Nullable String username,
            @Nullable String email,
            @Nullable String password,
            @Nullable String invitation) {}

    public record ConfirmRequest(@Nullable String token) {}

    /** @param code of the second factor, or a recovery code; for who has one */
    public record LoginRequest(
            @Nullable String username,
            @Nullable String password,
            @Nullable String code) {}

    record LoginAnswer(String token, String userId) {}

    public record ForgotRequest(@Nullable String email) {}

    public record ResetRequest(
            @Nullable String token, @Nullable String newPassword, boolean revokeDevices) {}

    record Status(String status) {}

    public AuthApi(Registration registration, Sessions sessions, OwnPassword passwords) {
        this.registration = registration;
        this.sessions = sessions;
        this.passwords = passwords;
    }

    public Future<?> register(Request call, RegistrationRequest request) {
        return registration
                .register(new Application(
                        request.username(),
                        request.email(),
                        request.password(),
                        false,
                        request.invitation(),
                        call.language(),
                        call.clientAddress()))
                .map(new Status("confirmation_sent"));
    }

    public Future<?> confirm(Request call, ConfirmRequest request) {
        return registration
                .confirm(requireNonNullElse(request.token(), ""), call.clientAddress())
                .map(new Status("confirmed"));
    }

    public Future<?> login(Request call, LoginRequest request) {
        call.noStore();
        return sessions.signIn(
                        new Credentials(request.username(), request.password(), call.clientAddress()), client(call))
                .compose(signedIn -> signedIn.step().isEmpty()
                        ? Future.succeededFuture(signedIn)
                        : secondStep(call, signedIn.step(), requireNonNullElse(request.code(), "")))
                .map(signedIn -> new LoginAnswer(signedIn.token(), signedIn.userId()));
    }

    private Future<SignedIn> secondStep(Request call, String step, String code) {
        return code.isBlank()
                ? Message.SECOND_FACTOR_CODE_REQUIRED.refuse()
                : sessions.secondStep(step, code, client(call));
    }

    private static Client client(Request call) {
        @Nullable String agent = call.header(HttpHeaders.USER_AGENT);
        return new Client(call.clientAddress(), requireNonNullElse(agent, ""));
    }

    public Future<?> forgot(Request call, ForgotRequest request) {
        return passwords
                .forgot(requireNonNullElse(request.email(), ""), call.clientAddress())
                .map(new Status("if email exists, reset link sent"));
    }

    public Future<?> reset(Request call, ResetRequest request) {
        return passwords
                .reset(new PasswordReset(
                        requireNonNullElse(request.token(), ""),
                        requireNonNullElse(request.newPassword(), ""),
                        request.revokeDevices(),
                        call.clientAddress()))
                .map(new Status("password reset"));
    }
}
