package io.verstak.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What owners and members of a vault do on the pages about sharing. */
public final class Sharing {
    public static final String PAGE = "/dashboard/sharing";

    private final TestServer server;

    /** @param server whose database knows the users */
    public Sharing(TestServer server) {
        this.server = server;
    }

    public Answer invite(Visitor owner, String vault, String login, String role) {
        return owner.send("/dashboard", PAGE + "/invite", "vault=" + vault, "login=" + login, "role=" + role);
    }

    public void share(Visitor owner, String vault, String login, String role) {
        assertThat(invite(owner, vault, login, role).status()).isEqualTo(303);
    }

    public void accept(Visitor user) {
        assertThat(acceptance(user).status()).isEqualTo(303);
    }

    public Answer acceptance(Visitor user) {
        return user.send("/dashboard", PAGE + "/accept", "invitation=" + invitation(user));
    }

    /** Returns the first invitation on the dashboard. */
    public String invitation(Visitor user) {
        return first("name=\"invitation\" value=\"([0-9a-f]{24})\"", user.get("/dashboard"));
    }

    public void role(Visitor owner, String vault, String member, String role) {
        done(owner, vault, "/change", "member=" + id(member), "role=" + role);
    }

    public void remove(Visitor owner, String vault, String member) {
        done(owner, vault, "/remove", "member=" + id(member));
    }

    private static void done(Visitor owner, String vault, String form, String... fields) {
        String page = PAGE + "?vault=" + vault;
        String[] all = new String[fields.length + 1];
        System.arraycopy(fields, 0, all, 1, fields.length);
        all[0] = "vault=" + vault;
        assertThat(owner.send(page, PAGE + form, all).status()).isEqualTo(303);
    }

    /**
     * Makes a connection code.
     *
     * @param owner whose vault it is; empty: the person's own
     */
    public String code(Visitor user, String vault, String owner) {
        String page = "/dashboard/connect";
        user.send(page, page, "vault=" + vault, owner.isEmpty() ? "owner=" : "owner=" + id(owner));
        return first("<p class=\"code\"><code>([^<]+)</code>", user.get(page));
    }

    public String id(String user) {
        return server.rows("SELECT id FROM users WHERE username = '" + user + "'")
                .get(0);
    }

    private static String first(String pattern, Answer page) {
        Matcher found = Pattern.compile(pattern).matcher(page.text());
        assertThat(found.find()).as(page.text()).isTrue();
        return found.group(1);
    }
}
