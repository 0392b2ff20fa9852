package io.verstak.server.domain.listing;

/**
 * An event as the person concerned sees it.
 *
 * @param type a word, by which pages find its text
 * @param text in English, for a type without a text of its own
 * @param subject the name of the device, passkey or provider; empty: there is none
 * @param agent the browser or program; empty: unknown
 * @param address the client's network address; empty: unknown, or an administrator's
 * @param method what proved who it was: a word; empty: unknown
 * @param byAdministrator whether an administrator did it
 * @param times how often it happened within the minute
 * @param at milliseconds since the epoch
 */
public record SecurityEvent(
        long id,
        String type,
        String text,
        String subject,
        String agent,
        String address,
        String method,
        boolean byAdministrator,
        long times,
        long at) {}
