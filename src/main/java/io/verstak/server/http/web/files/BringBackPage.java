package io.verstak.server.http.web.files;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.files.restore.Restoration;
import io.verstak.server.files.restore.RestorePlan;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;

/** Brings files and folders of before back, and adds notes. */
public final class BringBackPage {
    private static final String TEMPLATE = "files/bring-back";
    private static final String NOTE = "files/note";

    private final VaultAccess access;
    private final VaultFiles files;
    private final Restoration restoration;

    /**
     * The content of the page.
     *
     * @param path what comes back; empty: the vault
     */
    public record View(VaultView vault, String path, RestorePlan plan) {
        public String folder() {
            return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
        }
    }

    /**
     * The form of a note.
     *
     * @param folder empty: the vault
     */
    public record Note(VaultView vault, String folder, String name, String text, boolean replaces) {}

    public BringBackPage(VaultAccess access, VaultFiles files, Restoration restoration) {
        this.access = access;
        this.files = files;
        this.restoration = restoration;
    }

    /** Shows what would come back. */
    public Future<Reply> show(Request call, SessionIdentity session) {
        String path = call.parameter("path");
        return VaultView.of(call, session, access)
                .compose(vault -> requireWrite(vault)
                        .compose(allowed -> restoration.plan(vault.grant().scope(), path, vault.moment()))
                        .map(plan -> Reply.page(TEMPLATE, new View(vault, path, plan)))
                        .recover(FolderPage.waiting(vault, files)));
    }

    public Future<Reply> bringBack(Request call, SessionIdentity session, FormFields fields) {
        String path = fields.get("path");
        return VaultView.of(fields, session, access)
                .compose(vault -> access.webDevice(session, vault.grant())
                        .compose(device -> restoration.restore(device, path, vault.moment()))
                        .compose(pushed -> pushed
                                ? access.changed(session, vault.grant(), call.clientAddress())
                                : Future.succeededFuture())
                        .map(noted -> Reply.to(vault.folderAt(folder(path), "")).flash("brought-back")));
    }

    /** Shows the form of a new note. */
    public Future<Reply> note(Request call, SessionIdentity session) {
        return VaultView.of(call, session, access)
                .compose(vault -> requireWrite(vault)
                        .map(allowed -> Reply.page(NOTE, new Note(vault, call.parameter("path"), "", "", false))));
    }

    public Future<Reply> addNote(Request call, SessionIdentity session, FormFields fields) {
        String folder = fields.get("path");
        String name = fields.get("name").strip();
        String text = fields.get("text").replace("\r\n", "\n");
        boolean replaces = fields.ticked("replace");
        return VaultView.of(fields, session, access)
                .compose(vault -> access.webDevice(session, vault.grant())
                        .compose(device -> restoration.addText(device, folder, name, text, replaces))
                        .compose(added -> access.changed(session, vault.grant(), call.clientAddress()))
                        .map(noted -> Reply.to(vault.folderAt(folder, "")).flash("note-added"))
                        .recover(Reply.again(NOTE, new Note(vault, folder, name, text, replaces))));
    }

    private static Future<Void> requireWrite(VaultView vault) {
        return vault.grant().mayWrite() ? Future.succeededFuture() : Message.VAULT_READ_ONLY.refuse();
    }

    private static String folder(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }
}
