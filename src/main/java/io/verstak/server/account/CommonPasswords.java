package io.verstak.server.account;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import me.gosimple.nbvcxz.resources.DictionaryUtil;

/**
 * The passwords that guessers try first: the most common ones of nbvcxz's ranked list.
 *
 * <p>It is membership that counts, not a strength score: a long passphrase or a rare script is never refused for what an
 * estimator thinks of it. The first 50,000 ranks are taken where 10,000 are asked for, because published lists rank the
 * tail differently; these hold the first 10,000 of zxcvbn's list too. The list's last lines are jokes, not passwords.
 */
public final class CommonPasswords {
    private static final int RANKS = 50_000;

    private final Set<String> lowerCase;

    private CommonPasswords(Set<String> lowerCase) {
        this.lowerCase = lowerCase;
    }

    /** Reads the list from the class path. Blocks; call it once, at the start, off the event loop. */
    public static CommonPasswords load() {
        Map<String, Integer> ranks = DictionaryUtil.loadRankedDictionary(DictionaryUtil.passwords);
        return new CommonPasswords(ranks.entrySet().stream()
                .filter(entry -> entry.getValue() <= RANKS)
                .map(entry -> fold(entry.getKey()))
                // Shorter ones are refused for their length; to keep them would double the memory.
                .filter(word -> word.length() >= PasswordPolicy.MIN_BYTES)
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** Whether the whole password is a common one, without regard to case. */
    public boolean contains(String password) {
        return lowerCase.contains(fold(password));
    }

    int size() {
        return lowerCase.size();
    }

    private static String fold(String word) {
        return word.toLowerCase(Locale.ROOT);
    }
}
