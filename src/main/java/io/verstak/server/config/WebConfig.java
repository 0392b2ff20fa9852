package io.verstak.server.config;

/**
 * What people see in a browser.
 *
 * @param serverName stands in the title of every page
 * @param language for those whose browser asks for neither English nor Russian
 */
public record WebConfig(
        String serverName, @OneOf({"en", "ru"}) String language) {

    static final WebConfig DEFAULT = new WebConfig("Verstak", "en");
}
