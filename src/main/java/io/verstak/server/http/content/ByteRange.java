package io.verstak.server.http.content;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The single range of a {@code Range} header (RFC 9110, section 14). Several ranges, other units and malformed ones are
 * ignored, as that section allows.
 *
 * @param from the first byte; beyond the end of the file when the range cannot be satisfied
 */
record ByteRange(long from, long length) {
    private static final Pattern ONE = Pattern.compile("bytes=[ \t]*(\\d*)-(\\d*)[ \t]*", Pattern.CASE_INSENSITIVE);
    /** Longer numbers exceed any file size. */
    private static final int MAX_DIGITS = 18;

    /**
     * Evaluates the headers for a file; empty when the whole file is to be sent.
     *
     * @param size in bytes
     */
    static Optional<ByteRange> parse(List<String> headers, long size) {
        if (headers.size() != 1) {
            return Optional.empty();
        }
        Matcher range = ONE.matcher(headers.get(0));
        if (!range.matches()) {
            return Optional.empty();
        }
        String first = range.group(1);
        String last = range.group(2);
        return first.isEmpty() ? suffix(last, size) : between(number(first), last, size);
    }

    /** A suffix range: the last bytes. */
    private static Optional<ByteRange> suffix(String digits, long size) {
        long wanted = digits.isEmpty() ? -1 : number(digits);
        if (wanted < 0 || (wanted > 0 && size == 0)) {
            // The last bytes of an empty file are the whole file, which no range can express.
            return Optional.empty();
        }
        long length = Math.min(wanted, size);
        return Optional.of(new ByteRange(size - length, length));
    }

    private static Optional<ByteRange> between(long first, String digits, long size) {
        long last = digits.isEmpty() ? Long.MAX_VALUE : number(digits);
        if (last < first) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(first, Math.max(0, Math.min(last, size - 1) - first + 1)));
    }

    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
    }

    /** Returns whether the range contains any byte. */
    boolean isSatisfiable() {
        return length > 0;
    }
}
