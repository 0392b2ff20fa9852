package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a form says when it is refused: its own words at the field, which has the focus, and all that was typed is still there. */
class FormRefusalsTest {
    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start().withUser("anna").withUser("berta").withAdministrator("root");

    private static final List<String> MAIL = List.of(
            "smtp_host=mail.example.org",
            "smtp_security=starttls",
            "smtp_port=2525",
            "smtp_user=mailer",
            "smtp_pass=secret-of-the-mailer",
            "smtp_from=sync@example.org");

    private static final List<String> SETTINGS = List.of(
            "server_name=Our house",
            "language=ru",
            "public_url=https://sync.example.org",
            "registration=invitation",
            "registration_domains=example.org");

    private final Visitor root = administrator();

    @ParameterizedTest
    @CsvSource({
        "/admin/settings, /admin/settings/mail",
        "/setup/mail, /setup/mail",
    })
    void each_field_of_the_mail_form_is_refused_in_its_own_words(String page, String action) {
        assertRefused(page, action, MAIL, "smtp_host", "mail server", "Enter a host name");
        assertRefused(page, action, MAIL, "smtp_port", "99999", "Enter a port from 1 to 65535.");
        assertRefused(page, action, MAIL, "smtp_port", "submission", "Enter a port from 1 to 65535.");
        assertRefused(page, action, MAIL, "smtp_security", "maybe", "Choose STARTTLS, TLS or none.");
        assertRefused(page, action, MAIL, "smtp_user", "u".repeat(301), "Enter a username of at most 300");
        assertRefused(page, action, MAIL, "smtp_pass", "p".repeat(301), "Enter a password of at most 300");
        assertRefused(page, action, MAIL, "smtp_from", "", "Enter a sender");
        assertRefused(page, action, MAIL, "smtp_from", "nobody", "Enter a sender");
    }

    @ParameterizedTest
    @CsvSource({
        "/dashboard/revoke, ../dashboard",
        "/dashboard/vault/rename, ../../dashboard",
        "/admin/user/quota?id=x, ../user?id=x",
        "/account/password/remove, ../../account",
        "/language, ./",
    })
    void the_address_that_a_form_is_sent_to_leads_to_its_page(String form, String page) {
        Answer answer = new Visitor(SERVER).get(form);

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo(page);
    }

    @Test
    void a_refused_page_about_a_user_leads_back_to_that_user_in_another_language() {
        String id = SERVER.rows("SELECT id FROM users WHERE username = 'anna'").get(0);
        String quota = "/admin/user/quota?id=" + id;

        Answer refused = root.send("/admin/user?id=" + id, quota, "id=" + id, "quota=much");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("name=\"next\" value=\"" + quota + '"');
    }

    @Test
    void of_several_dialogs_the_refused_one_is_open_with_the_reason_and_what_was_typed() {
        Visitor anna = new Visitor(SERVER);
        anna.send("/login", "/login", "username=anna", "password=" + TestServer.PASSWORD);
        try (Desktop one = SERVER.pair("anna", "notes");
                Desktop other = SERVER.pair("anna", "notes")) {
            one.sync();
            String id = other.id();

            String page = anna.send("/dashboard", "/dashboard/rename", "device=" + id, "name=" + "n".repeat(129))
                    .text();

            assertThat(page.split("data-again", -1)).hasSize(2);
            String dialog = page.split("data-again", -1)[1].split("</details>", 2)[0];
            assertThat(dialog)
                    .contains("value=\"" + id + '"', "n".repeat(129), "id=\"name-" + id + "-problem\"", "at most 128");
        }
    }

    @Test
    void each_field_of_the_settings_is_refused_in_its_own_words() {
        String page = "/admin/settings";
        assertRefused(page, page, SETTINGS, "server_name", "n".repeat(81), "Enter a name of 1 to 80");
        assertRefused(page, page, SETTINGS, "public_url", "sync.example.org", "Enter an address that starts with http");
        assertRefused(page, page, SETTINGS, "registration", "maybe", "Choose who can create an account.");
        assertRefused(page, page, SETTINGS, "registration_domains", "exämple.org", "Enter at least one domain");
        assertRefused(page, page, SETTINGS, "language", "tlh", "Choose English or Russian.");
    }

    @Test
    void the_forms_of_a_user_keep_what_was_typed() {
        String id = SERVER.addUser("carla");
        String page = "/admin/user?id=" + id;
        List<String> names = List.of("id=" + id, "username=carla.new", "email=new@example.org");
        assertRefused(page, "/admin/user/edit", names, "username", "a b", "Enter 3 to 64 Latin letters");
        assertRefused(page, "/admin/user/edit", names, "username", "anna", "This username is taken.");
        assertRefused(page, "/admin/user/edit", names, "email", "nobody", "Enter a valid email address.");
        assertRefused(page, "/admin/user/edit", names, "email", "anna@example.org", "There is already an account");
        assertRefused(page, "/admin/user/quota", List.of("id=" + id), "quota", "a lot", "Enter a number of GiB");
    }

    @Test
    void what_makes_accounts_keeps_what_was_typed() {
        List<String> user = List.of("username=dora", "email=dora@example.org", "new_password=" + TestServer.PASSWORD);
        for (String action : List.of("/admin/create-user", "/register")) {
            List<String> fields = action.equals("/register") ? renamed(user) : user;
            String password = action.equals("/register") ? "password" : "new_password";
            assertRefused(action, action, fields, "username", "d", "Enter 3 to 64 Latin letters");
            assertRefused(action, action, fields, "email", "dora", "Enter a valid email address.");
            assertRefused(action, action, fields, password, "short", "This password is too short.");
            assertRefused(action, action, fields, password, "password1", "This password is too common.");
        }
        assertRefused("/admin/invitations", "/admin/invitations", List.of(), "email", "dora", "Enter a valid email");
    }

    @Test
    void the_forms_of_an_account_say_which_password_is_wrong() {
        Visitor berta = Visitor.user(SERVER, "berta");
        Answer old = berta.send("/account", "/account/password", "password=wrong", "new_password=copper-lantern-77");
        assertAt("old-password", old, "Wrong password.");
        Answer next = berta.send("/account", "/account/password", "password=" + TestServer.PASSWORD, "new_password=x");
        assertAt("new_password", next, "This password is too short.");
        Answer email = berta.send("/account", "/account/email", "password=wrong", "email=other@example.org");
        assertThat(email.text()).contains("Wrong password.", "value=\"other@example.org\"");
        Answer login = new Visitor(SERVER).send("/login", "/login", "username=berta", "password=wrong");
        assertAt("password", login, "Wrong name or password.");
        assertThat(login.text()).contains("value=\"berta\"", "<title>Error:");
    }

    private static List<String> renamed(List<String> fields) {
        return fields.stream()
                .map(field -> field.replace("new_password", "password"))
                .toList();
    }

    private void assertRefused(
            String page, String action, List<String> right, String field, String wrong, String words) {
        List<String> fields = new ArrayList<>(right);
        fields.removeIf(each -> each.startsWith(field + "="));
        fields.add(field + "=" + wrong);
        Answer answer = root.send(page, action, fields.toArray(String[]::new));
        assertAt(field, answer, words);
        for (String each : right) {
            String[] pair = each.split("=", 2);
            if (!pair[0].equals(field) && !pair[0].contains("pass") && !pair[0].equals("id")) {
                assertThat(held(answer, pair[0]))
                        .as("%s of %s", pair[0], action)
                        .isEqualTo(pair[1]);
            }
        }
        if (field.contains("pass")) {
            assertThat(answer.text()).doesNotContain("\"" + wrong + "\"");
        } else if (!List.of("smtp_security", "registration", "language").contains(field)) {
            assertThat(held(answer, field)).isEqualTo(wrong);
        }
    }

    /** The field is marked, has the focus alone, and its words are the refusal's own. */
    private static void assertAt(String id, Answer answer, String words) {
        assertThat(answer.status()).isBetween(400, 409);
        String text = answer.text();
        String element = found("<(?:input|select) id=\"" + Pattern.quote(id) + "\"[^>]*>", text);
        assertThat(element).contains("aria-invalid=\"true\"", "autofocus");
        assertThat(element).containsPattern("aria-describedby=\"" + Pattern.quote(id) + "-problem[ \"]");
        assertThat(found("id=\"" + Pattern.quote(id) + "-problem\"[^>]*>[^<]*", text))
                .contains(words);
        assertThat(text.split("autofocus", -1)).hasSize(2);
        assertThat(text.split("role=\"alert\"", -1)).hasSize(2);
        assertThat(text).doesNotContain("Check what you typed");
    }

    private static String held(Answer answer, String name) {
        String text = answer.text();
        Matcher input =
                Pattern.compile("<input [^>]*name=\"" + name + "\"[^>]*>").matcher(text);
        if (input.find()) {
            Matcher value = Pattern.compile("value=\"([^\"]*)\"").matcher(input.group());
            return value.find() ? value.group(1) : "";
        }
        String select = found("(?s)<select [^>]*name=\"" + name + "\".*?</select>", text);
        return Arrays.stream(select.split("<option", -1))
                .filter(option -> option.contains(" selected"))
                .map(option -> option.replaceAll("(?s).*value=\"([^\"]*)\".*", "$1"))
                .findFirst()
                .orElse("");
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group();
    }

    private static Visitor administrator() {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        return visitor;
    }
}
