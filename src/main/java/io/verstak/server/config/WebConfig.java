package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;

/**
 * Settings of the pages.
 *
 * @param serverName shown in the title of every page
 * @param language for browsers that request neither English nor Russian
 * @param files whether owners see the files of their vaults; without, nothing of an op is read for that
 */
public record WebConfig(
        String serverName, @OneOf({"en", "ru"}) String language, boolean files) {

    static final WebConfig DEFAULT = new WebConfig("Verstak", "en", true);
}
