package io.verstak.server.http.web.files;

import java.util.ArrayList;
import java.util.List;

/**
 * What a page shows of a file.
 *
 * @param kind how it is shown
 * @param blocks of a text
 * @param cut whether the text goes on
 */
public record FilePreview(Kind kind, List<Block> blocks, boolean cut) {
    private static final int DEEPEST_HEADING = 6;

    /** How a file is shown. */
    public enum Kind {
        TEXT,
        IMAGE,
        PDF,
        /** Its blob is gone or damaged. */
        LOST
    }

    /**
     * A part of a text.
     *
     * @param level of a heading, from 1; 0: it is none
     */
    public record Block(int level, String text) {}

    static FilePreview of(Kind kind) {
        return new FilePreview(kind, List.of(), false);
    }

    /** @param markdown whether lines that begin with {@code #} are headings */
    static FilePreview text(String text, boolean markdown, boolean cut) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        boolean code = false;
        for (String line : text.split("\n", -1)) {
            code ^= line.startsWith("```");
            int level = markdown && !code ? heading(line) : 0;
            if (level > 0) {
                flush(plain, blocks);
                blocks.add(new Block(level, line.substring(level + 1).strip()));
            } else {
                plain.append(line).append('\n');
            }
        }
        flush(plain, blocks);
        return new FilePreview(Kind.TEXT, blocks, cut);
    }

    private static int heading(String line) {
        int level = 0;
        while (level < line.length() && line.charAt(level) == '#') {
            level++;
        }
        return level > 0 && level <= DEEPEST_HEADING && level < line.length() && line.charAt(level) == ' ' ? level : 0;
    }

    private static void flush(StringBuilder plain, List<Block> blocks) {
        if (!plain.toString().isBlank()) {
            blocks.add(new Block(0, plain.toString().stripTrailing()));
        }
        plain.setLength(0);
    }
}
