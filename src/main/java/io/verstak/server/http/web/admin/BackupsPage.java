package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.backup.Backups;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Engines;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The backups of the schedule: what there is, one more now, a verification, a download. */
public final class BackupsPage {
    private static final String PATH = "/admin/backups";
    private static final String FILE = "/admin/backup.tar.zst";

    private final Backups backups;
    private final Engines engines;
    private final AdministratorSessions administrators;

    /**
     * The content of the page.
     *
     * @param own whether the server makes backups of its data itself
     * @param failed the refused form; empty if none
     */
    public record View(boolean own, Backups.View backups, String failed) {}

    public BackupsPage(Backups backups, Engines engines, AdministratorSessions administrators) {
        this.backups = backups;
        this.engines = engines;
        this.administrators = administrators;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return page("");
    }

    private Future<Reply> page(String failed) {
        Future<Backups.View> all = backups.look();
        Future<Engines.View> serving = engines.look();
        return Future.all(all, serving)
                .map(both ->
                        Reply.page("admin/backups", new View(serving.result().ownBackups(), all.result(), failed)));
    }

    public Future<Reply> makeNow(Request call, SessionIdentity administrator, FormFields fields) {
        return AdminForms.confirmed(administrators, call, administrator, fields, backups::makeNow)
                .map(begun -> Reply.to(PATH).flash("backup-begun"))
                .recover(Reply.again(() -> page("now")));
    }

    public Future<Reply> verify(Request call, SessionIdentity administrator, FormFields fields) {
        return backups.verify(call.actor(administrator), fields.get("name"))
                .map(begun -> Reply.to(PATH).flash("backup-verifying"))
                .recover(Reply.again(() -> page("verify")));
    }

    /** Lets this session download one backup, once, within a minute: a form cannot answer with a file and with a refusal alike. */
    public Future<Reply> allow(Request call, SessionIdentity administrator, FormFields fields) {
        String name = fields.get("name");
        return AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> backups.allowDownload(administrator, name))
                .map(allowed -> Reply.to(FILE + "?name=" + name))
                .recover(Reply.again(() -> page("download-" + name)));
    }

    /** Sends the backup that {@link #allow} has admitted. */
    public Future<Void> download(Request call, SessionIdentity administrator) {
        String name = call.parameter("name");
        Context context = Vertx.currentContext();
        ResponseStream body =
                new ResponseStream(context, () -> call.download("application/zstd", "verstak-" + name + ".tar.zst"));
        return backups.download(call.actor(administrator), administrator, name, body)
                .compose(sent -> call.context().response().end());
    }
}
