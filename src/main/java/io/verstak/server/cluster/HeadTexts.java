package io.verstak.server.cluster;

import io.verstak.server.storage.Notifications;
import io.verstak.server.sync.HeadListener;
import java.util.ArrayList;
import java.util.List;

/** Heads as texts for other nodes: the sender, then {@code scope:head} for each, all separated by spaces. */
final class HeadTexts {
    private final String sender;
    private final List<String> full = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();

    HeadTexts(String sender) {
        this.sender = sender;
    }

    void add(long scopeId, long head) {
        String entry = " " + scopeId + ":" + head;
        if (open.length() + entry.length() > Notifications.MAX_BYTES) {
            seal();
        }
        if (open.isEmpty()) {
            open.append(sender);
        }
        open.append(entry);
    }

    private void seal() {
        full.add(open.toString());
        open.setLength(0);
    }

    List<String> all() {
        if (!open.isEmpty()) {
            seal();
        }
        return full;
    }

    /**
     * Passes on the heads of a text; nothing of a text that this release does not understand.
     *
     * @param not the sender whose texts are passed over
     */
    static void read(String text, String not, HeadListener heads) {
        String[] entries = text.split(" ", -1);
        if (entries[0].equals(not)) {
            return;
        }
        for (int i = 1; i < entries.length; i++) {
            int colon = entries[i].indexOf(':');
            if (colon > 0) {
                try {
                    heads.moved(
                            Long.parseLong(entries[i].substring(0, colon)),
                            Long.parseLong(entries[i].substring(colon + 1)));
                } catch (NumberFormatException another) {
                    return; // Of another release.
                }
            }
        }
    }
}
