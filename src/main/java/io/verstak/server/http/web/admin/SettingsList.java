package io.verstak.server.http.web.admin;

import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.config.ConfigChanges;
import io.verstak.server.config.LoadedConfig.Setting;
import io.verstak.server.domain.MailView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Every setting with its value and source. */
final class SettingsList {
    private static final String PAGE = "page";
    private static final String SECRET = "********";

    private static final Map<String, Name> ON_PAGE = Map.of(
            "web.serverName", Name.SERVER_NAME,
            "web.language", Name.LANGUAGE,
            "accounts.registration", Name.REGISTRATION,
            "accounts.domains", Name.REGISTRATION_DOMAINS,
            "http.publicUrl", Name.PUBLIC_URL);

    /** The keys of sizes in bytes. */
    private static final Pattern SIZE =
            Pattern.compile(".*(Bytes|bytesPerSecond|BytesPerSecond|maxJsonBody|maxPayloadJson)");

    private final ServerSettings settings;

    /**
     * A setting.
     *
     * @param value secrets are shown as stars
     * @param source {@code page}, {@code default}, {@code flag}, a variable's name, or the file
     * @param bytes the value if it is a size; null: it is none
     * @param live whether a change applies without a restart
     * @param variable the environment variable that sets it
     */
    public record Row(String key, String value, @Nullable Long bytes, String source, String variable, boolean live) {

        /** Returns the group of the configuration that it belongs to. */
        public String group() {
            return key.substring(0, key.indexOf('.'));
        }
    }

    SettingsList(ServerSettings settings) {
        this.settings = settings;
    }

    /** @param mail the mail settings in effect, which a page may have set as a whole */
    List<Row> rows(MailView mail) {
        Map<String, String> set = mail.stored() ? values(mail) : Map.of();
        return settings.explained().stream()
                .map(setting -> Optional.ofNullable(set.get(setting.key()))
                        .map(value -> new Row(setting.key(), value, null, PAGE, setting.variable(), true))
                        .orElseGet(() -> row(setting)))
                .toList();
    }

    private static Map<String, String> values(MailView mail) {
        return Map.of(
                "mail.host", mail.host(),
                "mail.port", Integer.toString(mail.port()),
                "mail.security", mail.security(),
                "mail.user", mail.user(),
                "mail.password", mail.hasPassword() ? SECRET : "",
                "mail.from", mail.from());
    }

    private Row row(Setting setting) {
        boolean page = Optional.ofNullable(ON_PAGE.get(setting.key()))
                .filter(settings::isStored)
                .isPresent();
        String value = setting.value() instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(setting.value());
        Long bytes = setting.value() instanceof Number number
                        && SIZE.matcher(setting.key()).matches()
                ? Long.valueOf(number.longValue())
                : null;
        return new Row(
                setting.key(),
                value,
                bytes,
                page ? PAGE : setting.source(),
                setting.variable(),
                ConfigChanges.isLive(setting.key()));
    }
}
