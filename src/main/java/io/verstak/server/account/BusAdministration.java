package io.verstak.server.account;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The {@link Administration} of the other verticles: asks the account verticle. */
public final class BusAdministration implements Administration {
    private static final Address<Password, Void> PASSWORD = new Address<>("administration.password");
    private static final Address<By<NewUser>, String> CREATE = new Address<>("administration.create-user");
    private static final Address<On<Optional<Boolean>>, Boolean> BLOCK = new Address<>("administration.block");
    private static final Address<By<String>, String> RESET = new Address<>("administration.reset-password");
    private static final Address<On<UserEdit>, Void> EDIT = new Address<>("administration.edit-user");
    private static final Address<By<String>, Void> CONFIRM = new Address<>("administration.confirm-user");
    private static final Address<On<Optional<Long>>, Void> QUOTA = new Address<>("administration.quota");
    private static final Address<By<String>, Void> DELETE = new Address<>("administration.delete-user");
    private static final Address<By<String>, Void> REVOKE = new Address<>("administration.revoke-device");
    private static final Address<By<String>, String> INVITE = new Address<>("administration.invite");
    private static final Address<By<String>, Void> UNINVITE = new Address<>("administration.revoke-invitation");
    private static final Address<String, MailView> MAIL = new Address<>("administration.mail");
    private static final Address<By<Optional<MailDraft>>, Void> SAVE_MAIL = new Address<>("administration.save-mail");
    private static final Address<TestMail, Void> TEST_MAIL = new Address<>("administration.test-mail");
    private static final Address<MailSlice, List<UnsentMail>> UNSENT = new Address<>("administration.unsent-mails");
    private static final Address<String, Long> UNSENT_COUNT = new Address<>("administration.unsent-mail-count");
    private static final Address<By<String>, Void> RETRY = new Address<>("administration.retry-mail");

    /** Who does what. */
    private record By<T>(Actor actor, T what) {}

    /** Who does what to whom. */
    private record On<T>(Actor actor, String id, T what) {}

    private record Password(SessionIdentity administrator, String password, InetAddress address) {}

    private record TestMail(Optional<MailDraft> draft, String recipient) {}

    private final Bus bus;

    public BusAdministration(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, Administration to) {
        return Future.all(List.of(
                bus.serve(PASSWORD, ask -> to.requirePassword(ask.administrator, ask.password, ask.address)),
                bus.serve(CREATE, by -> to.createUser(by.actor, by.what)),
                bus.serve(BLOCK, on -> to.block(on.actor, on.id, on.what)),
                bus.serve(RESET, by -> to.resetPassword(by.actor, by.what)),
                bus.serve(EDIT, on -> to.editUser(on.actor, on.id, on.what)),
                bus.serve(CONFIRM, by -> to.confirmUser(by.actor, by.what)),
                bus.serve(QUOTA, on -> to.setQuota(on.actor, on.id, on.what)),
                bus.serve(DELETE, by -> to.deleteUser(by.actor, by.what)),
                bus.serve(REVOKE, by -> to.revokeDevice(by.actor, by.what)),
                bus.serve(INVITE, by -> to.invite(by.actor, by.what)),
                bus.serve(UNINVITE, by -> to.revokeInvitation(by.actor, by.what)),
                bus.serve(MAIL, nothing -> to.mail()),
                bus.serve(
                        SAVE_MAIL,
                        by -> by.what
                                .<Future<Void>>map(draft -> to.saveMail(by.actor, draft))
                                .orElseGet(() -> to.forgetMail(by.actor))),
                bus.serve(TEST_MAIL, test -> to.testMail(test.draft, test.recipient)),
                bus.serve(UNSENT, (Function<MailSlice, Future<List<UnsentMail>>>) to::unsentMails),
                bus.serve(UNSENT_COUNT, nothing -> to.unsentMailCount()),
                bus.serve(RETRY, by -> to.retryMail(by.actor, by.what))));
    }

    @Override
    public Future<Void> requirePassword(SessionIdentity administrator, String password, InetAddress address) {
        return bus.request(PASSWORD, new Password(administrator, password, address));
    }

    @Override
    public Future<String> createUser(Actor by, NewUser user) {
        return bus.request(CREATE, new By<>(by, user));
    }

    @Override
    public Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted) {
        return bus.request(BLOCK, new On<>(by, userId, wanted));
    }

    @Override
    public Future<String> resetPassword(Actor by, String userId) {
        return bus.request(RESET, new By<>(by, userId));
    }

    @Override
    public Future<Void> editUser(Actor by, String userId, UserEdit edit) {
        return bus.request(EDIT, new On<>(by, userId, edit));
    }

    @Override
    public Future<Void> confirmUser(Actor by, String userId) {
        return bus.request(CONFIRM, new By<>(by, userId));
    }

    @Override
    public Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes) {
        return bus.request(QUOTA, new On<>(by, userId, bytes));
    }

    @Override
    public Future<Void> deleteUser(Actor by, String userId) {
        return bus.request(DELETE, new By<>(by, userId));
    }

    @Override
    public Future<Void> revokeDevice(Actor by, String deviceId) {
        return bus.request(REVOKE, new By<>(by, deviceId));
    }

    @Override
    public Future<String> invite(Actor by, String email) {
        return bus.request(INVITE, new By<>(by, email));
    }

    @Override
    public Future<Void> revokeInvitation(Actor by, String id) {
        return bus.request(UNINVITE, new By<>(by, id));
    }

    @Override
    public Future<MailView> mail() {
        return bus.request(MAIL, "");
    }

    @Override
    public Future<Void> saveMail(Actor by, MailDraft draft) {
        return bus.request(SAVE_MAIL, new By<>(by, Optional.of(draft)));
    }

    @Override
    public Future<Void> forgetMail(Actor by) {
        return bus.request(SAVE_MAIL, new By<>(by, Optional.empty()));
    }

    @Override
    public Future<Void> testMail(Optional<MailDraft> draft, String recipient) {
        return bus.request(TEST_MAIL, new TestMail(draft, recipient));
    }

    @Override
    public Future<List<UnsentMail>> unsentMails(MailSlice slice) {
        return bus.request(UNSENT, slice);
    }

    @Override
    public Future<Long> unsentMailCount() {
        return bus.request(UNSENT_COUNT, "");
    }

    @Override
    public Future<Void> retryMail(Actor by, String id) {
        return bus.request(RETRY, new By<>(by, id));
    }
}
