package io.verstak.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeUtility;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain words",
                "Верстак: подтвердите адрес почты, чтобы войти со всех ваших устройств",
                "ключ 🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑 и ещё 🔑",
                "=?UTF-8?Q?disguised?=",
                "a line of ASCII that is much too long to stand in one line of a header, as it goes on and on"
            })
    void a_text_of_any_script_is_read_as_it_was_written_in_short_lines(String text) throws Exception {
        String header = HeaderText.unstructured(text);

        assertThat(MimeUtility.decodeText(MimeUtility.unfold(header))).isEqualTo(text);
        assertThat(header).isASCII();
        assertThat(header.split("\r\n ")).allMatch(line -> line.length() <= 67);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n", "\r", "\u0000", "\u001b[31m", "\u0085", "\u2028"})
    void s41_nothing_in_a_text_begins_a_header_of_its_own(String injected) throws Exception {
        for (String text : new String[] {"a" + injected + "Bcc: eve@example.org", "я" + injected + "Bcc: x"}) {
            String unfolded = HeaderText.unstructured(text).replace("\r\n ", "");

            assertThat(CONTROL.matcher(unfolded).find()).isFalse();
            assertThat(CONTROL.matcher(MimeUtility.decodeText(unfolded)).find()).isFalse();
            assertThat(HeaderText.mailbox(text, "a@example.org").replace("\r\n ", ""))
                    .doesNotContainPattern(CONTROL);
        }
    }

    @Test
    void a_name_with_quotes_stays_one_name() {
        assertThat(HeaderText.mailbox("a \\ \"b\"", "a@example.org")).isEqualTo("\"a \\\\ \\\"b\\\"\" <a@example.org>");
        assertThat(HeaderText.mailbox("", "a@example.org")).isEqualTo("a@example.org");
    }
}
