package io.verstak.server.http.web.files;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A vault as a request names it, at a moment, with the addresses of its pages.
 *
 * @param owner whose vault it is, as the request has it; empty: one's own
 * @param at the sequence of the last op that counts; empty: the latest
 */
public record VaultView(Grant grant, String vaultId, String owner, String at) {
    static final String FOLDER = "/files";
    static final String FILE = "/files/file";
    static final String RAW = "/files/raw";
    static final String COMPARE = "/files/compare";
    static final String BRING_BACK = "/files/bring-back";
    static final String NOTE = "/files/note";
    static final String UPLOAD = "/files/upload";
    static final String ARCHIVE = "/account/files.zip";

    /** Returns the vault of a request. Fails with {@code NOT_FOUND} if it is not open to the user. */
    static Future<VaultView> of(Request call, SessionIdentity session, VaultAccess access) {
        return of(call.parameter("vault"), call.parameter("owner"), call.parameter("at"), session, access);
    }

    /** Returns the vault of a form. Fails with {@code NOT_FOUND} if it is not open to the user. */
    static Future<VaultView> of(FormFields fields, SessionIdentity session, VaultAccess access) {
        return of(fields.get("vault"), fields.get("owner"), fields.get("at"), session, access);
    }

    private static Future<VaultView> of(
            String vaultId, String owner, String at, SessionIdentity session, VaultAccess access) {
        return access.of(session, vaultId, owner)
                .map(grant -> new VaultView(grant, vaultId, owner, at.matches("[0-9]{1,18}") ? at : ""));
    }

    public long moment() {
        return at.isEmpty() ? VaultFiles.HEAD : Long.parseLong(at);
    }

    public String label() {
        return grant.label();
    }

    /** Returns the address of a folder at this moment. */
    public String folder(String path) {
        return address(FOLDER, path, at);
    }

    /** Returns the address of a folder at another moment; empty: the latest. */
    public String folderAt(String path, String moment) {
        return address(FOLDER, path, moment);
    }

    public String file(String path) {
        return address(FILE, path, at);
    }

    public String fileAt(String path, long moment) {
        return address(FILE, path, Long.toString(moment));
    }

    public String rawAt(String path, long moment) {
        return address(RAW, path, Long.toString(moment));
    }

    public String raw(String path) {
        return address(RAW, path, at);
    }

    /** Returns the address of a comparison of two versions, by the sequences of the ops that made them. */
    public String compare(String path, long from, long to) {
        return address(COMPARE, path, "") + "&from=" + from + "&to=" + to;
    }

    /** Returns the address of the file as the browser shows it. */
    public String shown(String path) {
        return raw(path) + "&show=1";
    }

    /** Returns the address where a path of a moment is brought back. */
    public String bringBack(String path, long moment) {
        return address(BRING_BACK, path, Long.toString(moment));
    }

    /** Returns the address where a note is added to a folder. */
    public String note(String folder) {
        return address(NOTE, folder, "");
    }

    /** Returns the address where a file is added to a folder. */
    public String upload(String folder) {
        return address(UPLOAD, folder, "");
    }

    public String archive(String path) {
        return address(ARCHIVE, path, at);
    }

    private String address(String page, String path, String moment) {
        return page + "?vault=" + encoded(vaultId)
                + (owner.isEmpty() ? "" : "&owner=" + encoded(owner))
                + (path.isEmpty() ? "" : "&path=" + encoded(path))
                + (moment.isEmpty() ? "" : "&at=" + moment);
    }

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
