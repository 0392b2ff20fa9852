package io.verstak.bench.load;

/** The payload of the op that is pushed and filled in: a small note, about 300 bytes, as a desktop would write it. */
public final class Note {
    /** What stands before the revision, the only part that differs from op to op (36 characters). */
    public static final String BEFORE_REVISION = "{\"title\":\"Meeting notes\",\"revision\":\"";

    /** What a person has written. */
    static final String TEXT = "Agenda: storage layout, group commit, restore drill. "
            + "Anna measures uploads on the small machine; Pavel writes down what a restored log does to cursors. "
            + "Next meeting on Thursday, before lunch.";

    public static final String AFTER_REVISION =
            "\",\"body\":\"" + TEXT + "\",\"tags\":[\"work\",\"sync\"],\"pinned\":false}";

    private Note() {}

    /** Text as it stands inside a JSON string. */
    public static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
