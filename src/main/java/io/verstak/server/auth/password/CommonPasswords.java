package io.verstak.server.auth.password;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import me.gosimple.nbvcxz.resources.DictionaryUtil;

/**
 * The passwords that attackers try first: the most common ones of nbvcxz's ranked list.
 *
 * <p>Membership counts, not a strength score: a long passphrase or a rare script is never refused because of an
 * estimate. The first 50,000 ranks are used where 10,000 are required, since published lists rank the tail differently;
 * they include the first 10,000 of zxcvbn's list. The last lines of the list are jokes, not passwords.
 */
public final class CommonPasswords {
    private static final int RANKS = 50_000;

    private final Set<String> lowerCase;

    private CommonPasswords(Set<String> lowerCase) {
        this.lowerCase = lowerCase;
    }

    /** Reads the list from the class path. Blocks; called once at startup, off the event loop. */
    static CommonPasswords load() {
        Map<String, Integer> ranks = DictionaryUtil.loadRankedDictionary(DictionaryUtil.passwords);
        return new CommonPasswords(ranks.entrySet().stream()
                .filter(entry -> entry.getValue() <= RANKS)
                .map(entry -> fold(entry.getKey()))
                // Shorter ones are refused for their length; keeping them would double the memory.
                .filter(word -> word.length() >= PasswordPolicy.MIN_BYTES)
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Returns whether the whole password is a common one, ignoring case. */
    boolean contains(String password) {
        return lowerCase.contains(fold(password));
    }

    int size() {
        return lowerCase.size();
    }

    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
