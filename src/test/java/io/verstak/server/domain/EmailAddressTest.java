package io.verstak.server.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@b",
                "bob@localhost",
                "Bob.Smith+tag@Mail.Example.org",
                "o'neil@x-y.example",
                "a@xn--p1ai",
                "_@9.de"
            })
    void ordinary_addresses_are_accepted_as_typed(String text) {
        assertThat(EmailAddress.parse(text)).contains(new EmailAddress(text));
    }

    @Test
    void a_domain_in_other_letters_is_the_same_address_as_its_form_in_ascii() {
        assertThat(EmailAddress.parse("Bob@Пример.РФ").orElseThrow().key()).isEqualTo("bob@xn--e1afmkfd.xn--p1ai");
        assertThat(EmailAddress.parse("bob@bücher.example")).isEqualTo(EmailAddress.parse("bob@xn--bcher-kva.example"));
        assertThat(EmailAddress.login("bob@пример.рф")).isEqualTo("bob@xn--e1afmkfd.xn--p1ai");
        assertThat(EmailAddress.login("боб")).isEqualTo("боб");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "bob",
                "bob@",
                "@example.org",
                "a@b@c",
                ".a@b.c",
                "a.@b.c",
                "a..b@c.d",
                "a@.b",
                "a@b.",
                "a@b..c",
                "a@-b.c",
                "a@b-.c",
                "a b@c.d",
                "a@b c",
                "a@[127.0.0.1]",
                "a@127.0.0.1",
                "\"a b\"@c.d",
                "<a@b.c>",
                "a@b.c,d@e.f",
                "a@b.c>",
                "a@b\0c",
                "почта@пример.рф",
                "a@пример..рф",
                "a@при­mer\u0000.рф",
                "a\t@b.c",
                "\ta@b.c"
            })
    void what_is_no_plain_address_is_refused(String text) {
        assertThat(EmailAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a@b.c\n", "a@b.c\r\n", "\na@b.c", "a@b.c\r\nBcc: x@y.z", "a\n@b.c", " a@b.c\n ", "a@b.c\u2028"})
    void s41_a_line_break_is_refused_and_not_repaired(String text) {
        assertThat(EmailAddress.parse(text)).isEmpty();
        assertThatThrownBy(() -> new EmailAddress(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void spaces_around_an_address_are_dropped() {
        assertThat(EmailAddress.parse("  bob@example.org ")).contains(new EmailAddress("bob@example.org"));
    }

    @Test
    void s05_addresses_that_differ_in_case_alone_have_one_key() {
        EmailAddress address = new EmailAddress("BOB@Example.ORG");

        assertThat(address.key()).isEqualTo("bob@example.org");
        assertThat(address.domain()).isEqualTo("example.org");
        assertThat(address).hasToString("BOB@Example.ORG");
    }

    @Test
    void lengths_are_those_that_smtp_can_carry() {
        String domain = "d".repeat(63) + "." + "e".repeat(63) + "." + "f".repeat(61);
        String longest = "a".repeat(64) + "@" + domain;

        assertThat(longest).hasSize(254);
        assertThat(EmailAddress.parse(longest)).isPresent();
        assertThat(EmailAddress.parse(longest + "f")).isEmpty();
        assertThat(EmailAddress.parse("a".repeat(65) + "@b.c")).isEmpty();
        assertThat(EmailAddress.parse("a@" + "b".repeat(64) + ".c")).isEmpty();
    }
}
