package io.verstak.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What owners call their vaults, and who reads it where. */
class VaultNamesTest {
    private static final String ID = "b7e1c2f0-4a3d-4b7e-9c61-0d2f5a8e1c34";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start().withUser("nora").withUser("otto").withUser("pia").withUser("rita");

    private static Visitor admin;
    private static Visitor nora;
    private static Visitor rita;

    @BeforeAll
    static void pair() {
        admin = new AdminScript(SERVER).visitor();
        for (String user : List.of("nora", "otto", "pia")) {
            SERVER.pair(user, ID).close();
        }
        nora = Visitor.user(SERVER, "nora");
        rita = Visitor.user(SERVER, "rita");
    }

    @Test
    void a_name_stands_wherever_the_vault_is_shown_with_the_id_beside_it() {
        Answer renamed = rename(nora, ID, "  Кафе\u0301 Nord ");

        assertThat(renamed.status()).isEqualTo(303);
        String name = "Кафе\u0301 Nord";
        String shown = "<strong>" + name + "</strong> <small><code class=\"id\" title=\"" + ID + "\">" + ID;
        assertThat(nora.get("/dashboard").text()).contains("Vault named.", shown);
        assertThat(nora.get("/account").text()).contains(name, ID);
        assertThat(nora.get("/dashboard/connect").text()).contains(name + " · " + ID);
        assertThat(nora.get("/account/account.json")
                        .json()
                        .required("vaults")
                        .get(0)
                        .required("name")
                        .textValue())
                .isEqualTo(name);
        assertThat(SERVER.send(Request.get("/api/v1/user/vaults").bearer(new Web(SERVER).session("nora")))
                        .json()
                        .get(0)
                        .required("name")
                        .textValue())
                .isEqualTo(name);
        for (String list : List.of("/admin/vaults?q=nora", "/admin/devices?q=nora", "/admin/vaults.csv?q=nora")) {
            assertThat(admin.get(list).text()).as(list).contains(name, ID);
        }
        assertThat(admin.get("/admin/devices.csv?q=nora").text()).contains("," + name + "\r\n");
        assertThat(SERVER.rows("SELECT subject FROM audit_log WHERE type = 'vault_renamed' AND subject LIKE '%Nord'"))
                .containsExactly(name);
    }

    @Test
    void a_connection_code_says_the_name_of_its_vault() {
        Visitor pia = Visitor.user(SERVER, "pia");
        rename(pia, ID, "Thesis");

        pia.send("/dashboard/connect", "/dashboard/connect", "vault=" + ID);

        assertThat(pia.get("/dashboard/connect").text()).contains("<strong>Thesis</strong> <small><code", ID);
    }

    @Test
    void administrators_find_a_vault_by_the_beginning_of_its_name_in_any_case() {
        Visitor otto = Visitor.user(SERVER, "otto");
        rename(otto, ID, "Zettelkasten");

        for (String text : List.of("zett", "ZETT", "Zettelkasten")) {
            assertThat(admin.get("/admin/vaults?q=" + text).text()).as(text).contains("Zettelkasten", "otto");
            assertThat(admin.get("/admin/search?q=" + text).text()).as(text).contains("Zettelkasten");
        }
        assertThat(admin.get("/admin/vaults?q=kasten").text()).doesNotContain("Zettelkasten");
    }

    @Test
    void a_name_is_composed_and_may_belong_to_several_vaults() {
        SERVER.pair("rita", "composed").close();
        SERVER.pair("rita", "composed-too").close();
        rename(rita, "composed", "Cafe\u0301");
        rename(rita, "composed-too", "Café");

        assertThat(SERVER.rows("SELECT DISTINCT name FROM scopes WHERE vault_id LIKE 'composed%'"))
                .containsExactly("Café");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \u2003", "two\nlines", "a\u0000b", "\u202egnirts", "a\u2028b"})
    void a_name_that_is_empty_or_no_line_of_text_is_refused(String name) {
        SERVER.pair("rita", "refused").close();

        Answer refused = rename(rita, "refused", name);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("Enter a name of 1 to 100 characters on one line.");
        assertThat(SERVER.rows("SELECT name FROM scopes WHERE vault_id = 'refused'"))
                .containsExactly("");
    }

    @Test
    void a_name_has_up_to_a_hundred_characters_in_any_script() {
        SERVER.pair("rita", "long").close();

        assertThat(rename(rita, "long", "𝒜".repeat(101)).status()).isEqualTo(400);
        assertThat(rename(rita, "long", "𝒜".repeat(100)).status()).isEqualTo(303);
    }

    @Test
    void nobody_names_the_vault_of_another_user() {
        SERVER.pair("otto", "only-ottos").close();

        assertThat(rename(rita, "only-ottos", "Mine").status()).isEqualTo(404);
        assertThat(SERVER.rows("SELECT name FROM scopes WHERE vault_id = 'only-ottos'"))
                .containsExactly("");
    }

    @Test
    void markup_in_a_name_is_text_on_every_page() {
        SERVER.pair("rita", "markup").close();
        rename(rita, "markup", "<img src=x onerror=alert(1)>");

        for (String path : List.of("/dashboard", "/account", "/dashboard/connect", "/account/security-log")) {
            assertThat(rita.get(path).text())
                    .as(path)
                    .doesNotContain("<img src=x")
                    .contains("&lt;img src=x");
        }
        for (String path : List.of("/admin/vaults?q=markup", "/admin/audit")) {
            assertThat(admin.get(path).text())
                    .as(path)
                    .doesNotContain("<img src=x")
                    .contains("&lt;img src=x");
        }
    }

    @Test
    void a_desktop_does_not_notice_a_name() {
        try (Desktop desktop = SERVER.pair("rita", "unnoticed")) {
            rename(rita, "unnoticed", "Named");

            desktop.sync();
        }
    }

    private static Answer rename(Visitor visitor, String vault, String name) {
        return visitor.send("/dashboard", "/dashboard/vault/rename", "vault=" + vault, "vault_name=" + name);
    }
}
