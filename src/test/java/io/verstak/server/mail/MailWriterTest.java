package io.verstak.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.audit.AuditType;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.HttpConfig;
import io.verstak.server.domain.Language;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.AuditEntry.Details;
import io.verstak.server.storage.AuditEntry.Told;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.NoticeStore.Notice;
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

    private static Notice paired(String device, String agent) {
        return new Notice(
                "device_paired", "192.0.2.7", new Details("", device, agent, "password"), 0, "anna", "", "", true);
    }

    @ParameterizedTest
    @EnumSource(value = AuditType.class)
    void each_event_that_is_told_by_mail_has_a_subject_and_a_text_of_its_own(AuditType type) {
        for (Language language : Language.values()) {
            String subject = "mail.security." + type.key() + ".subject";

            assertThat(language.has(subject))
                    .as(subject)
                    .isEqualTo(type.told() == Told.BY_MAIL && type != AuditType.STORAGE_LOW);
        }
    }

    @Test
    void a_mail_about_an_event_says_when_from_where_and_what_to_do() {
        String text = writer("Verstak", "https://sync.example.org")
                .write(mails.event(
                        new Recipient("anna@example.org", Language.EN),
                        paired("Laptop", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")))
                .text();

        assertThat(text)
                .contains(
                        "Time: 1 January 1970, 00:00 UTC\nDevice: Laptop\nBrowser or app: Firefox, Linux\nIP address: 192.0.2.7\nConfirmed by: password\n",
                        "https://sync.example.org/account/security-log\n",
                        "If this was not you, disconnect the device",
                        "no more of these emails in this hour");
    }

    @Test
    void the_old_address_is_told_of_a_change_in_the_form_of_the_other_notices() {
        NewMail mail = mails.emailChanging(
                new Recipient("anna@example.org", Language.RU),
                "anna",
                "new@example.org",
                "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                "192.0.2.7");

        assertThat(writer("Verstak", "https://sync.example.org").write(mail).text())
                .contains("учётной записи anna")
                .containsPattern(
                        "(?m)^Время: .*\nНовый адрес: new@example.org\nБраузер или приложение: Firefox, Linux\nIP-адрес: 192.0.2.7$")
                .contains("https://sync.example.org/account\n");
    }

    @Test
    void a_hostile_name_of_a_device_or_browser_adds_no_header_no_line_and_no_markup() {
        Message message = writer("Verstak", "https://sync.example.org")
                .write(mails.event(
                        new Recipient("anna@example.org", Language.EN),
                        paired(
                                "x\r\nBcc: eve@example.org\r\n\r\n<script>{user}\u202e",
                                "\r\nSubject: eve\n<img src=x onerror=1>")));

        assertThat(message.subject()).isEqualTo("Verstak: a new device was connected");
        assertThat(message.text().lines()).noneMatch(line -> line.startsWith("Bcc") || line.startsWith("Subject"));
        assertThat(message.text()).contains("{user}").doesNotContain("\u202e");
        assertThat(message.html()).doesNotContain("<script", "<img");
    }

    /** One of each kind, in their order. */
    private List<NewMail> all(Language language) {
        Recipient anna = new Recipient("anna@example.org", language);
        return List.of(
                mails.confirm(anna, TOKEN, ends),
                mails.reset(anna, "anna", TOKEN, ends),
                mails.event(anna, paired("Laptop", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")),
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
