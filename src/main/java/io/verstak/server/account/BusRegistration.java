package io.verstak.server.account;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The {@link Registration} of the other verticles: asks the account verticle. */
public final class BusRegistration implements Registration {
    private static final Address<Application, Void> REGISTER = new Address<>("registration.register");
    private static final Address<Presented, Boolean> CAN_JOIN = new Address<>("registration.can-join");
    private static final Address<Presented, Optional<String>> RESETTING = new Address<>("registration.resetting");
    private static final Address<Presented, Boolean> CAN_CONFIRM = new Address<>("registration.can-confirm");
    private static final Address<Presented, Void> CONFIRM = new Address<>("registration.confirm");
    private static final Address<Presented, Void> FORGOT = new Address<>("registration.forgot");
    private static final Address<PasswordReset, Void> RESET = new Address<>("registration.reset");

    /** A token or an e-mail address, and where it came from. */
    record Presented(String text, InetAddress address) {}

    private final Bus bus;

    public BusRegistration(Bus bus) {
        this.bus = bus;
    }

    /** Serves the contract on the calling verticle. */
    static Future<?> serve(Bus bus, Registrations registrations, PasswordResets resets) {
        return Future.all(List.of(
                bus.serve(REGISTER, registrations::register),
                bus.serve(CAN_JOIN, registrations::canJoin),
                bus.serve(RESETTING, resets::resetting),
                bus.serve(CAN_CONFIRM, registrations::canConfirm),
                bus.serve(CONFIRM, registrations::confirm),
                bus.serve(FORGOT, resets::forgot),
                bus.serve(RESET, resets::reset)));
    }

    @Override
    public Future<Void> register(Application application) {
        return bus.request(REGISTER, application);
    }

    @Override
    public Future<Boolean> canJoin(String invitation, InetAddress address) {
        return bus.request(CAN_JOIN, new Presented(invitation, address));
    }

    @Override
    public Future<Optional<String>> resetting(String token, InetAddress address) {
        return bus.request(RESETTING, new Presented(token, address));
    }

    @Override
    public Future<Boolean> canConfirm(String token, InetAddress address) {
        return bus.request(CAN_CONFIRM, new Presented(token, address));
    }

    @Override
    public Future<Void> confirm(String token, InetAddress address) {
        return bus.request(CONFIRM, new Presented(token, address));
    }

    @Override
    public Future<Void> forgot(String email, InetAddress address) {
        return bus.request(FORGOT, new Presented(email, address));
    }

    @Override
    public Future<Void> reset(PasswordReset reset) {
        return bus.request(RESET, reset);
    }
}
