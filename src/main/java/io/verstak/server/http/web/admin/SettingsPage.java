package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.MailForm;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The settings that can be changed here, and those that the configuration has, with where each comes from. */
public final class SettingsPage {
    private static final String PATH = "/admin/settings";
    private static final String SERVER = "server";
    private static final String MAIL = "mail";
    private static final String LIMITS = "limits";

    private final AdministratorSessions administrators;
    private final OutgoingMail outgoing;
    private final ServerSettings settings;
    private final SettingsList list;

    /** What the form for the server holds. */
    public record ServerForm(
            String serverName, String language, String publicUrl, String registration, String registrationDomains) {
        static ServerForm of(ServerConfig now) {
            return new ServerForm(
                    now.web().serverName(),
                    now.web().language(),
                    now.http().publicUrl(),
                    now.accounts().registration(),
                    String.join(", ", now.accounts().domains()));
        }

        static ServerForm of(FormFields fields) {
            return new ServerForm(
                    fields.get("server_name"),
                    fields.get("language"),
                    fields.get("public_url"),
                    fields.get("registration"),
                    fields.get("registration_domains"));
        }
    }

    /**
     * What the page shows.
     *
     * @param mailStored whether the mail server was set here
     * @param text what the settings that are shown have in their key, value or explanation; empty: all
     * @param changed whether only those are shown that differ from the default
     * @param failed the form that was refused; empty: none
     */
    public record View(
            ServerForm server,
            SettingsList.LimitsForm limits,
            MailForm.Typed mail,
            boolean mailStored,
            List<SettingsList.Row> rows,
            String text,
            boolean changed,
            String failed,
            String testTo) {}

    public SettingsPage(AdministratorSessions administrators, OutgoingMail outgoing, ServerSettings settings) {
        this.administrators = administrators;
        this.outgoing = outgoing;
        this.settings = settings;
        this.list = new SettingsList(settings);
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return page(call.parameter("q").strip(), call.parameter("changed").equals("1"), "", Optional.empty());
    }

    /** @param typed what the form that was refused held */
    private Future<Reply> page(String failed, Optional<FormFields> typed) {
        return page("", false, failed, typed);
    }

    private Future<Reply> page(String text, boolean changed, String failed, Optional<FormFields> typed) {
        return outgoing.mail().map(mail -> {
            ServerForm server = typed.filter(fields -> failed.equals(SERVER))
                    .map(ServerForm::of)
                    .orElseGet(() -> ServerForm.of(settings.now()));
            MailForm.Typed shown = typed.filter(fields -> failed.equals(MAIL))
                    .map(fields -> MailForm.Typed.of(fields, mail.hasPassword()))
                    .orElseGet(() -> MailForm.Typed.of(mail));
            String testTo = typed.map(fields -> fields.get("test_to")).orElse("");
            return Reply.page(
                    "admin/settings",
                    new View(
                            server,
                            typed.filter(fields -> failed.equals(LIMITS))
                                    .map(SettingsList.LimitsForm::of)
                                    .orElseGet(() -> SettingsList.LimitsForm.of(settings.now())),
                            shown,
                            mail.stored(),
                            list.rows(mail),
                            text,
                            changed,
                            failed,
                            testTo));
        });
    }

    /**
     * What is as it was is not set: the configuration's may change then as before. The public address is where the links of mails lead, so that a
     * change takes a proof.
     */
    public Future<Reply> save(Request call, SessionIdentity administrator, FormFields fields) {
        Map<Name, String> shown = new EnumMap<>(Name.class);
        ServerConfig now = settings.now();
        shown.put(Name.SERVER_NAME, now.web().serverName());
        shown.put(Name.LANGUAGE, now.web().language());
        shown.put(Name.REGISTRATION, now.accounts().registration());
        shown.put(Name.REGISTRATION_DOMAINS, String.join(", ", now.accounts().domains()));
        shown.put(Name.PUBLIC_URL, now.http().publicUrl());
        Map<Name, Optional<String>> changes = new EnumMap<>(Name.class);
        shown.forEach((name, before) -> {
            String field = name.name().toLowerCase(Locale.ROOT);
            String typed = fields.get(field).strip();
            if (fields.ticked(field) && !typed.equals(before)) {
                changes.put(name, Optional.of(typed));
            }
        });
        return changes.isEmpty()
                ? Future.succeededFuture(Reply.to(PATH).flash("settings-saved"))
                : AdminForms.confirmed(
                                administrators, call, administrator, fields, actor -> settings.change(changes, actor))
                        .map(changed -> Reply.to(PATH).flash("settings-saved"))
                        .recover(Reply.again(() -> page(SERVER, Optional.of(fields))));
    }

    /** Sets the default quota and the rate limits. Takes a proof: they keep those away who guess passwords. */
    public Future<Reply> saveLimits(Request call, SessionIdentity administrator, FormFields fields) {
        return Future.succeededFuture(SettingsList.LimitsForm.of(fields))
                .map(form -> form.changes(settings))
                .compose(changes -> changes.isEmpty()
                        ? Future.succeededFuture()
                        : AdminForms.confirmed(
                                administrators, call, administrator, fields, actor -> settings.change(changes, actor)))
                .map(changed -> Reply.to(PATH).flash("settings-saved"))
                .recover(Reply.again(() -> page(LIMITS, Optional.of(fields))));
    }

    /** Makes the configuration hold again for what was set in one of the forms. */
    public Future<Reply> reset(Request call, SessionIdentity administrator, FormFields fields) {
        Map<Name, Optional<String>> changes = new EnumMap<>(Name.class);
        boolean limits = fields.get("form").equals(LIMITS);
        for (Name name : Name.values()) {
            if (SettingsList.LimitsForm.NAMES.contains(name) == limits) {
                changes.put(name, Optional.empty());
            }
        }
        return settings.change(changes, call.actor(administrator))
                .map(changed -> Reply.to(PATH).flash("settings-reset"));
    }

    /** Takes a proof: the mail server reads the links that reset passwords. */
    public Future<Reply> saveMail(Request call, SessionIdentity administrator, FormFields fields) {
        return Future.succeededFuture(fields)
                .map(MailForm::read)
                .compose(draft -> AdminForms.confirmed(
                        administrators, call, administrator, fields, actor -> outgoing.saveMail(actor, draft)))
                .map(saved -> Reply.to(PATH).flash("mail-saved"))
                .recover(Reply.again(() -> page(MAIL, Optional.of(fields))));
    }

    public Future<Reply> forgetMail(Request call, SessionIdentity administrator, FormFields fields) {
        return outgoing.forgetMail(call.actor(administrator))
                .map(gone -> Reply.to(PATH).flash("settings-reset"));
    }

    public Future<Reply> testMail(Request call, SessionIdentity administrator, FormFields fields) {
        String to = fields.get("test_to").strip();
        return outgoing.testMail(Optional.empty(), to)
                .map(sent -> Reply.to(PATH).flash("mail-tested"))
                .recover(Reply.again(() -> page("test", Optional.of(fields))));
    }
}
