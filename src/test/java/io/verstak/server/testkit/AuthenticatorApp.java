package io.verstak.server.testkit;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.security.InvalidKeyException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/** An authenticator app with one key. */
public final class AuthenticatorApp {
    private static final Pattern SECRET = Pattern.compile("otpauth://totp/[^\"]*secret=([A-Z2-7]{32})&");
    private static final Pattern SEALED = Pattern.compile("name=\"secret\" value=\"([^\"]+)\"");
    private static final Pattern RECOVERY = Pattern.compile("<li><code>([0-9A-Z-]{29})</code></li>");

    private final byte[] key;
    private final Clock clock;

    private AuthenticatorApp(byte[] key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** An app with the key that a set-up page shows. */
    public static AuthenticatorApp of(String page, Clock clock) {
        return new AuthenticatorApp(Base32.decode(found(SECRET, page.replace("&amp;", "&"))), clock);
    }

    /** Sets up the second factor of a visitor who is signed in, on the page at this path. */
    public static AuthenticatorApp setUp(Visitor visitor, String path, Clock clock) {
        String page = visitor.get(path).text();
        AuthenticatorApp app = of(page, clock);
        Answer done = visitor.send(path, path, "secret=" + sealed(page), "code=" + app.code());
        if (done.status() != 303) {
            throw new AssertionError(done.text());
        }
        return app;
    }

    /** Returns the content of the hidden field that goes back with the first code. */
    public static String sealed(String page) {
        return found(SEALED, page);
    }

    /** Returns the recovery codes that a page shows. */
    public static List<String> recoveryCodes(String page) {
        return RECOVERY.matcher(page).results().map(code -> code.group(1)).toList();
    }

    /** Returns the code of this moment. */
    public String code() {
        return code(Duration.ZERO);
    }

    /** Returns the code that the app shows some time from now. */
    public String code(Duration later) {
        try {
            return new TimeBasedOneTimePasswordGenerator()
                    .generateOneTimePasswordString(
                            new SecretKeySpec(key, "RAW"), clock.instant().plus(later), Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new AssertionError(e);
        }
    }

    private static String found(Pattern pattern, String page) {
        Matcher found = pattern.matcher(page);
        if (!found.find()) {
            throw new AssertionError("not on this page: " + pattern + "\n" + page);
        }
        return found.group(1);
    }
}
