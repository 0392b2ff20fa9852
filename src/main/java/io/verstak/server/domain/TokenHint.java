package io.verstak.server.domain;

/**
 * The parts of a token that are shown to tell tokens apart.
 *
 * @param prefix the token's first 8 characters
 * @param suffix the token's last 4 characters
 */
public record TokenHint(String prefix, String suffix) {
    private static final int PREFIX = 8;
    private static final int SUFFIX = 4;

    /** Shorter tokens have no hint, since its 12 characters would be half of the secret or more. */
    private static final int SHORTEST = 2 * (PREFIX + SUFFIX);

    public static TokenHint of(String token) {
        if (token.length() <= SHORTEST) {
            return new TokenHint("", "");
        }
        return new TokenHint(token.substring(0, PREFIX), token.substring(token.length() - SUFFIX));
    }

    /** {@code 0123abcd…ef01}. */
    @Override
    public String toString() {
        return prefix + "…" + suffix;
    }
}
