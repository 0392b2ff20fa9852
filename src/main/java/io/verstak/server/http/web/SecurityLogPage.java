package io.verstak.server.http.web;

import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The own security log of a user or an administrator, latest first. A page is addressed by the event before it. */
public final class SecurityLogPage {
    private static final String PATH = "/security-log";
    private static final int SIZE = 50;

    private final SecurityLog log;
    private final IntSupplier keptDays;

    /**
     * The content of the page.
     *
     * @param account the address of the page of the account
     * @param keptDays after how many days an event is deleted
     * @param older the address of the page with earlier events; empty if there is none
     * @param newer the address of the page with later events; empty if there is none
     */
    public record View(
            String account,
            boolean administrator,
            List<SecurityEvent> events,
            int keptDays,
            String older,
            String newer) {}

    public SecurityLogPage(SecurityLog log, IntSupplier keptDays) {
        this.log = log;
        this.keptDays = keptDays;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        Optional<Position> after = Position.of(call.parameter("after"));
        Position from =
                after.orElseGet(() -> Position.of(call.parameter("before")).orElse(Position.FIRST));
        // One more row than the page holds shows whether there is another page.
        return log.events(session, from, after.isPresent(), SIZE + 1)
                .map(found -> Reply.page("security-log", view(session, found, after.isPresent(), from)));
    }

    private View view(SessionIdentity session, List<SecurityEvent> found, boolean upwards, Position from) {
        String account = session.administrator() ? "/admin/account" : "/account";
        boolean more = found.size() > SIZE;
        List<SecurityEvent> page = !more ? found : upwards ? found.subList(1, SIZE + 1) : found.subList(0, SIZE);
        boolean hasOlder = !page.isEmpty() && (upwards || more);
        boolean hasNewer = !page.isEmpty() && (upwards ? more : !from.equals(Position.FIRST));
        return new View(
                account,
                session.administrator(),
                page,
                keptDays.getAsInt(),
                hasOlder ? account + PATH + "?before=" + position(page.get(page.size() - 1)) : "",
                hasNewer ? account + PATH + "?after=" + position(page.get(0)) : "");
    }

    private static String position(SecurityEvent event) {
        return new Position(event.at(), event.id()).name();
    }

    /** Dismisses the notices that the dashboard or the overview has shown. */
    public Future<Reply> dismiss(Request call, SessionIdentity session, FormFields fields) {
        String upTo = fields.get("up_to");
        return (upTo.matches("[0-9]{1,18}")
                        ? log.dismiss(session, Long.parseLong(upTo))
                        : Future.<Void>succeededFuture())
                .map(dismissed -> Reply.to(session.administrator() ? "/admin/dashboard" : "/dashboard"));
    }
}
