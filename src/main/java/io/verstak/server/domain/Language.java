package io.verstak.server.domain;

import java.util.Locale;
import java.util.ResourceBundle;

/** A language of pages and mails, with its texts. */
public enum Language {
    EN(Locale.ENGLISH),
    RU(Locale.forLanguageTag("ru"));

    private final Locale locale;

    @SuppressWarnings("ImmutableEnumChecker") // a bundle never changes once it is read
    private final ResourceBundle texts;

    Language(Locale locale) {
        this.locale = locale;
        this.texts = ResourceBundle.getBundle(
                "i18n.messages",
                locale,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    /** Returns the language of a tag such as {@code ru}. */
    public static Language of(String tag) {
        return tag.equals("ru") ? RU : EN;
    }

    public Locale locale() {
        return locale;
    }

    /** Returns the text of the first key that exists. */
    public String text(String key, String fallback) {
        return texts.getString(texts.containsKey(key) ? key : fallback);
    }

    /** Returns whether there is a text for this key. */
    public boolean has(String key) {
        return texts.containsKey(key);
    }

    /** Returns the text of a key. */
    public String text(String key) {
        return texts.getString(key);
    }
}
