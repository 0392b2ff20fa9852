package io.verstak.server.http.guard;

/** Character classes of RFC 9110 section 5.6 and RFC 9112 section 2, on bytes. */
final class HttpChars {
    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte SP = ' ';
    static final byte HTAB = '\t';

    private static final boolean[] TOKEN = alphanumericAnd("!#$%&'*+-.^_`|~");
    private static final boolean[] HOST = alphanumericAnd("-._~%!$&'()*+;=:[]");

    private HttpChars() {}

    static boolean isToken(byte octet) {
        return TOKEN[octet & 0xff];
    }

    static boolean isToken(byte[] bytes, int from, int to) {
        return all(TOKEN, bytes, from, to);
    }

    /** A host with an optional port. Commas are refused, since a joined list of two hosts would pass otherwise. */
    static boolean isHost(byte[] bytes, int from, int to) {
        return all(HOST, bytes, from, to);
    }

    static boolean isVisible(byte octet) {
        return octet > 0x20 && octet < 0x7f;
    }

    /** The bytes of a field value: no NUL, no line end, no other control character; bytes above 127 are opaque. */
    static boolean isFieldValue(byte octet) {
        return octet < 0 || octet == HTAB || (octet >= 0x20 && octet != 0x7f);
    }

    static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    /** Returns whether the bytes equal the given lower-case ASCII name, ignoring case. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (Character.toLowerCase((char) (bytes[i] & 0xff)) != lowerCase.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    private static boolean all(boolean[] allowed, byte[] bytes, int from, int to) {
        if (from >= to) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!allowed[bytes[i] & 0xff]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] alphanumericAnd(String others) {
        boolean[] allowed = new boolean[256];
        for (int octet = 0; octet < 128; octet++) {
            allowed[octet] = Character.isLetterOrDigit(octet) || others.indexOf(octet) >= 0;
        }
        return allowed;
    }
}
