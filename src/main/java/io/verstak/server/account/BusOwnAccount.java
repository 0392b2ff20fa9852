package io.verstak.server.account;

import io.verstak.server.account.BusRegistration.Presented;
import io.verstak.server.account.BusSessions.Caller;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** The {@link OwnAccount} of the other verticles: asks the account verticle. */
public final class BusOwnAccount implements OwnAccount {
    private static final Address<SessionIdentity, ProfileView> PROFILE = new Address<>("own-account.profile");
    private static final Address<LanguageChoice, Void> LANGUAGE = new Address<>("own-account.language");
    private static final Address<Renaming, Void> RENAME = new Address<>("own-account.rename-device");
    private static final Address<Ending, Void> END_SESSION = new Address<>("own-account.end-session");
    private static final Address<EmailWish, Void> CHANGE_EMAIL = new Address<>("own-account.change-email");
    private static final Address<SessionIdentity, Void> KEEP_EMAIL = new Address<>("own-account.keep-email");
    private static final Address<Presented, Boolean> CAN_CONFIRM = new Address<>("own-account.can-confirm-email");
    private static final Address<Presented, Void> CONFIRM = new Address<>("own-account.confirm-email");
    private static final Address<Proof, Void> DELETE = new Address<>("own-account.delete");
    private static final Address<Caller, Void> KEEP = new Address<>("own-account.keep");
    private static final Address<Presented, Boolean> CAN_KEEP = new Address<>("own-account.can-keep");
    private static final Address<Presented, Void> KEEP_BY = new Address<>("own-account.keep-by");

    /** In which language the user of a session wants mails. */
    record LanguageChoice(SessionIdentity session, String language) {}

    /**
     * A session that its user wants ended.
     *
     * @param administratorToken of the caller's browser; empty: there is none
     */
    record Ending(Caller caller, String id, String administratorToken) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Ending";
        }
    }

    /** Another name for a device. */
    record Renaming(Caller caller, String deviceId, String name) {}

    /** Another address for the user of a session. */
    record EmailWish(Proof proof, String email) {}

    private final Bus bus;

    public BusOwnAccount(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, OwnAccountServices own) {
        return Future.all(List.of(
                bus.serve(PROFILE, own.profiles()::find),
                bus.serve(LANGUAGE, own.profiles()::setLanguage),
                bus.serve(RENAME, own.devices()::rename),
                bus.serve(END_SESSION, own.sessions()::end),
                bus.serve(CHANGE_EMAIL, own.emails()::offer),
                bus.serve(KEEP_EMAIL, own.emails()::forget),
                bus.serve(CAN_CONFIRM, own.emails()::canConfirm),
                bus.serve(CONFIRM, own.emails()::confirm),
                bus.serve(DELETE, own.deletions()::ask),
                bus.serve(KEEP, own.deletions()::keep),
                bus.serve(CAN_KEEP, own.deletions()::canKeep),
                bus.serve(KEEP_BY, own.deletions()::keepBy)));
    }

    @Override
    public Future<ProfileView> profile(SessionIdentity session) {
        return bus.request(PROFILE, session);
    }

    @Override
    public Future<Void> setLanguage(SessionIdentity session, String language) {
        return bus.request(LANGUAGE, new LanguageChoice(session, language));
    }

    @Override
    public Future<Void> renameDevice(SessionIdentity session, String deviceId, String name, InetAddress address) {
        return bus.request(RENAME, new Renaming(new Caller(session, address), deviceId, name));
    }

    @Override
    public Future<Void> endSession(SessionIdentity session, String id, String administratorToken, InetAddress address) {
        return bus.request(END_SESSION, new Ending(new Caller(session, address), id, administratorToken));
    }

    @Override
    public Future<Void> changeEmail(Proof proof, String email) {
        return bus.request(CHANGE_EMAIL, new EmailWish(proof, email));
    }

    @Override
    public Future<Void> keepEmail(SessionIdentity session) {
        return bus.request(KEEP_EMAIL, session);
    }

    @Override
    public Future<Boolean> canConfirmEmail(String token, InetAddress address) {
        return bus.request(CAN_CONFIRM, new Presented(token, address));
    }

    @Override
    public Future<Void> confirmEmail(String token, InetAddress address) {
        return bus.request(CONFIRM, new Presented(token, address));
    }

    @Override
    public Future<Void> delete(Proof proof) {
        return bus.request(DELETE, proof);
    }

    @Override
    public Future<Void> keep(SessionIdentity session, InetAddress address) {
        return bus.request(KEEP, new Caller(session, address));
    }

    @Override
    public Future<Boolean> canKeep(String token, InetAddress address) {
        return bus.request(CAN_KEEP, new Presented(token, address));
    }

    @Override
    public Future<Void> keepBy(String token, InetAddress address) {
        return bus.request(KEEP_BY, new Presented(token, address));
    }
}
