package io.verstak.server.http.web.admin;

import io.verstak.server.account.ServerSettings;
import io.verstak.server.account.ServerSettings.Name;
import io.verstak.server.config.LoadedConfig.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every setting with its value and where that comes from. */
final class SettingsList {
    private static final Map<String, Name> ON_PAGE = Map.of(
            "web.serverName", Name.SERVER_NAME,
            "web.language", Name.LANGUAGE,
            "accounts.registration", Name.REGISTRATION,
            "accounts.domains", Name.REGISTRATION_DOMAINS,
            "http.publicUrl", Name.PUBLIC_URL);

    private final ServerSettings settings;

    /**
     * A setting.
     *
     * @param value secrets show as stars
     * @param source {@code page}, {@code default}, {@code flag}, a variable's name, or the file
     * @param variable the environment variable that sets it
     */
    public record Row(String key, String value, String source, String variable) {}

    SettingsList(ServerSettings settings) {
        this.settings = settings;
    }

    List<Row> rows() {
        return settings.explained().stream().map(this::row).toList();
    }

    private Row row(Setting setting) {
        boolean page = Optional.ofNullable(ON_PAGE.get(setting.key()))
                .filter(settings::isStored)
                .isPresent();
        String value = setting.value() instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : String.valueOf(setting.value());
        return new Row(setting.key(), value, page ? "page" : setting.source(), setting.variable());
    }
}
