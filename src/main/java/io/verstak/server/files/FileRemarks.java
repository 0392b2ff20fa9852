package io.verstak.server.files;

import io.verstak.server.domain.Language;
import io.verstak.server.domain.files.WindowsNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What somebody who unpacks an archive of files must know: what is missing, and which names Windows does not take. */
public final class FileRemarks {
    private static final int MOST = 10_000;
    private static final String FILE = "verstak-remarks%s.txt";

    /** What could be taken for a written backslash, or for that in turn. */
    private static final Pattern LIKE_BACKSLASH = Pattern.compile("%((?:25)*5C)");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

    private final Language language;
    private final List<String> missing = new ArrayList<>();
    private final List<String> forbidden = new ArrayList<>();
    private final Set<String> ownNames = new HashSet<>();

    public FileRemarks(Language language) {
        this.language = language;
    }

    /**
     * Returns the name of an entry. A backslash would lead out of the folder where an archive is unpacked on Windows; it becomes
     * {@code %5C}, and {@code %5C} becomes {@code %255C}, so that no two paths have one name. Everything else is kept.
     */
    public String name(String path) {
        String name = LIKE_BACKSLASH.matcher(path).replaceAll("%25$1").replace("\\", "%5C");
        if (name.toLowerCase(Locale.ROOT).startsWith("verstak-remarks")) {
            ownNames.add(name);
        }
        boolean odd = !name.equals(path);
        for (String part : name.split("/", -1)) {
            odd |= !WindowsNames.take(part);
        }
        if (odd && forbidden.size() < MOST) {
            forbidden.add(path);
        }
        return name;
    }

    /** Returns a path as a line of a text or of a terminal, which it cannot end or change. */
    public static String line(String path) {
        return CONTROL.matcher(path).replaceAll("?");
    }

    public void missing(String name) {
        if (missing.size() < MOST) {
            missing.add(name);
        }
    }

    public boolean isEmpty() {
        return missing.isEmpty() && forbidden.isEmpty();
    }

    /** Returns a name that no file of the archive has. */
    public String fileName() {
        String name = FILE.formatted("");
        for (int i = 1; ownNames.contains(name); i++) {
            name = FILE.formatted("-" + i);
        }
        return name;
    }

    public byte[] text() {
        StringBuilder text = new StringBuilder();
        add(text, "archive.missing", missing);
        add(text, "archive.forbidden", forbidden);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void add(StringBuilder text, String key, List<String> names) {
        if (!names.isEmpty()) {
            text.append(language.text(key)).append("\r\n\r\n");
            names.forEach(name -> text.append("  ").append(line(name)).append("\r\n"));
            text.append("\r\n");
        }
    }
}
