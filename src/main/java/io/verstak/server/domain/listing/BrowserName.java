package io.verstak.server.domain.listing;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map.Entry;

/** Describes a {@code User-Agent} for a list of browsers. */
public final class BrowserName {
    /** In this order, since the earlier ones also name the later ones. */
    private static final List<Entry<String, String>> BROWSERS = List.of(
            entry("YaBrowser/", "Yandex"),
            entry("Edg", "Edge"),
            entry("OPR/", "Opera"),
            entry("Firefox/", "Firefox"),
            entry("Chrome/", "Chrome"),
            entry("Safari/", "Safari"),
            entry("curl/", "curl"));

    private static final List<Entry<String, String>> SYSTEMS = List.of(
            entry("Android", "Android"),
            entry("iPhone", "iPhone"),
            entry("iPad", "iPad"),
            entry("Windows", "Windows"),
            entry("Mac OS X", "macOS"),
            entry("Linux", "Linux"));

    private static final int MAX_LENGTH = 60;

    private BrowserName() {}

    /** Returns a name such as {@code Firefox, Linux}; an unknown one is shortened. */
    public static String of(String userAgent) {
        String browser = first(BROWSERS, userAgent);
        String system = first(SYSTEMS, userAgent);
        if (browser.isEmpty()) {
            return userAgent.length() <= MAX_LENGTH ? userAgent : userAgent.substring(0, MAX_LENGTH) + "…";
        }
        return system.isEmpty() ? browser : browser + ", " + system;
    }

    private static String first(List<Entry<String, String>> names, String userAgent) {
        return names.stream()
                .filter(name -> userAgent.contains(name.getKey()))
                .map(Entry::getValue)
                .findFirst()
                .orElse("");
    }
}
