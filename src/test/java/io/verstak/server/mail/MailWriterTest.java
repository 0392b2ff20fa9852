package io.verstak.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.HttpConfig;
import io.verstak.server.domain.Language;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.testkit.MutableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailWriterTest {
    private static final String TOKEN = "0f".repeat(32);

    private final MutableClock clock = new MutableClock();
    private final Mails mails = new Mails(clock, new SecureRandom(), () -> "en");
    private final Instant ends = clock.instant().plus(Duration.ofDays(2));

    @ParameterizedTest
    @EnumSource(Language.class)
    void every_mail_says_in_both_parts_what_to_do(Language language) {
        for (NewMail mail : all(language)) {
            Message message = writer("Verstak", "https://sync.example.org").write(mail);

            assertThat(message.subject()).startsWith("Verstak: ").doesNotContain("{");
            assertThat(message.text()).doesNotContain("{", "&", "<");
            assertThat(message.html()).doesNotContain("{").contains("lang=\"" + mail.language() + "\"");
            links("https://sync.example.org").of(mail).ifPresent(link -> {
                assertThat(message.text().lines()).contains(link);
                assertThat(message.html()).contains("href=\"" + link + "\"");
            });
        }
    }

    @Test
    void html_in_any_script_is_short_lines_of_ascii() {
        for (NewMail mail : all(Language.RU)) {
            String html = writer("Сервер 🌍 наш", "https://sync.example.org")
                    .write(mail)
                    .html();

            assertThat(html).contains("&#1057;&#1077;", "&#127757;").matches("\\p{ASCII}*");
            assertThat(html.lines()).allMatch(line -> line.length() < 500);
        }
    }

    @ParameterizedTest
    @CsvSource({"EN, '24 November 2026, 10:00 UTC'", "RU, '24 ноября 2026, 10:00 UTC'"})
    void a_mail_with_a_token_says_when_its_link_ends(Language language, String end) {
        all(language).stream()
                .filter(mail -> MailKind.of(mail.kind()).carriesToken())
                .forEach(mail -> assertThat(writer("Verstak", "").write(mail).text())
                        .contains(end)
                        .contains(TOKEN));
    }

    @ParameterizedTest
    @CsvSource({
        "CONFIRM, https://a.example/base/, https://a.example/base/api/v1/auth/confirm?token=",
        "RESET, https://a.example, https://a.example/reset?token=",
        "INVITATION, https://a.example, https://a.example/register?invite=",
        "RESET, '', http://127.0.0.1:47732/reset?token=",
    })
    void s18_links_are_made_from_the_configured_address_alone(MailKind kind, String publicUrl, String link) {
        NewMail mail = all(Language.EN).stream()
                .filter(one -> one.kind().equals(kind.key()))
                .findFirst()
                .orElseThrow();

        assertThat(links(publicUrl).of(mail)).contains(link + TOKEN);
    }

    @Test
    void a_port_that_the_system_chooses_is_in_the_link() {
        Links links = new Links(() -> http(Map.of("http.listen", "127.0.0.1:0")));
        assertThat(links.known()).isFalse();

        links.listeningOn(12345);

        assertThat(links.known()).isTrue();
        assertThat(links.base()).isEqualTo("http://127.0.0.1:12345");
    }

    @Test
    void markup_and_line_breaks_of_a_name_stay_text() {
        Message message = writer("<b>Ours</b>\r\n& {user}", "")
                .write(mails.addressTaken(new Recipient("anna@example.org", Language.EN), "an\nna<i>"));

        assertThat(message.html())
                .contains("&lt;b&gt;Ours&lt;/b&gt; &amp; {user}")
                .doesNotContain("<i>", "<b>");
        assertThat(message.text()).contains("<b>Ours</b> & {user}").contains("an na<i>");
        assertThat(message.subject()).doesNotContain("\r", "\n");
    }

    @Test
    void a_confirmation_holds_nothing_that_a_stranger_typed() {
        assertThat(mails.confirm(new Recipient("anna@example.org", Language.EN), TOKEN, ends)
                        .variables())
                .containsOnlyKeys(Mails.TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anna@example.org\r\nBcc: eve@example.org",
                "anna@example.org\n",
                "anna@example.org>,<eve@example.org",
                "anna@example.org, eve@example.org",
                "Anna <anna@example.org>",
                "anna@example.org SIZE=1",
                "anna",
                "анна@example.org",
                ""
            })
    void s41_a_recipient_that_is_not_one_plain_address_is_refused(String address) {
        assertThatThrownBy(() -> mails.test(new Recipient(address, Language.EN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothing_that_ends_up_in_a_log_shows_a_token() {
        NewMail mail = all(Language.EN).get(0);

        assertThat(mail.toString() + writer("Verstak", "").write(mail)).doesNotContain(TOKEN);
    }

    /** One of each kind, in their order. */
    private List<NewMail> all(Language language) {
        Recipient anna = new Recipient("anna@example.org", language);
        return List.of(
                mails.confirm(anna, TOKEN, ends),
                mails.reset(anna, "anna", TOKEN, ends),
                mails.passwordChanged(anna, "anna"),
                mails.addressTaken(anna, "anna"),
                mails.invitation(anna, TOKEN, ends),
                mails.deletion(anna, "anna", TOKEN, ends),
                mails.test(anna));
    }

    private static MailWriter writer(String serverName, String publicUrl) {
        return new MailWriter(() -> serverName, links(publicUrl));
    }

    private static Links links(String publicUrl) {
        return new Links(() -> http(Map.of("http.publicUrl", publicUrl)));
    }

    private static HttpConfig http(Map<String, String> settings) {
        return ConfigLoader.load(Optional.empty(), Map.of(), settings).http();
    }
}
