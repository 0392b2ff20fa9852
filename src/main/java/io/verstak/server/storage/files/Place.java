package io.verstak.server.storage.files;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Where a node was from one op to another. A node is a file or folder, whatever it is called and wherever it lies.
 *
 * @param parent the node of the folder; {@link #ROOT}: the vault
 * @param file whether the node is a file; otherwise a folder
 * @param from the sequence of the op that put it there
 * @param to the sequence of the op that took it away; {@link #STILL}: none
 */
public record Place(long parent, boolean file, String name, long from, long to, long node) {
    public static final long ROOT = 0;

    public static final long STILL = Long.MAX_VALUE;

    /** A name in a folder. At most one node has it at a time. */
    public record Key(long parent, String name) {}

    public Key key() {
        return new Key(parent, name);
    }

    /** Returns this place with its end. */
    public Place until(long sequence) {
        return new Place(parent, file, name, from, sequence, node);
    }

    public boolean isOpen() {
        return to == STILL;
    }

    /** Returns the name as it is searched; empty: it is the name itself, as for most. */
    String foldedName() {
        String folded = folded(name);
        return folded.equals(name) ? "" : folded;
    }

    /** Returns the text in which a part of a name is looked for: in NFC and lower case. */
    static String folded(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }
}
