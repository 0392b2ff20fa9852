package io.verstak.server.testkit.desktop;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Predicate;

/** Works with a vault at random, by what is in the folder of the own desktop. */
final class TeamMember {
    /** Folders with more are neither deleted nor moved: the vault would not grow. */
    private static final int LARGE_FOLDER = 12;

    private static final int MOST_DEALS = 8;
    private static final int MOST_DELETED_KNOWN = 20;
    private static final int MINUTES = 60;

    private static final List<String> WORDS = List.of(
            "Plan", "Offer", "Invoice", "Meeting", "Ideas", "Договор", "Смета", "Résumé", "Maße", "予定", "to do", "v1.2",
            "Q&A", "100%");

    private final StrictDesktop desktop;
    private final Random random;
    private final String inbox;
    private final List<String> deleted = new ArrayList<>();
    private int names;

    /** @param inbox the folder that no other member touches */
    TeamMember(StrictDesktop desktop, Random random, String inbox) {
        this.desktop = desktop;
        this.random = random;
        this.inbox = inbox;
    }

    StrictDesktop desktop() {
        return desktop;
    }

    void begin() {
        desktop.pull();
    }

    void end() {
        desktop.push();
    }

    void work(Instant morning, int changes) {
        for (int i = 0; i < changes; i++) {
            desktop.at(morning.plusSeconds(MINUTES * (i + 1L)));
            change();
        }
    }

    /** As {@link #work}, in the own folder only. */
    void workAlone(Instant morning, int changes) {
        for (int i = 0; i < changes; i++) {
            desktop.at(morning.plusSeconds(MINUTES * (i + 1L) + 1));
            note(VaultPaths.join(inbox, name() + ".md"));
        }
    }

    private void change() {
        int kind = random.nextInt(100);
        if (kind < 26) {
            note(oneOf(this::isNote, newNote()));
        } else if (kind < 48) {
            note(newNote());
        } else if (kind < 54) {
            binary();
        } else if (kind < 61) {
            delete();
        } else if (kind < 65) {
            again();
        } else if (kind < 70) {
            move(false);
        } else if (kind < 72) {
            move(true);
        } else if (kind < 76) {
            desktop.makeFolder(VaultPaths.join(anyFolder(), name()));
        } else if (kind < 78) {
            folders(desktop.entries()).stream().findAny().ifPresent(desktop::delete);
        } else if (kind < 82) {
            moveFolder();
        } else if (kind < 88) {
            deal();
        } else if (kind < 90) {
            twins();
        } else if (kind < 91) {
            longPath();
        } else if (kind < 97) {
            desktop.record("board", "card " + random.nextInt(50), text());
        } else {
            desktop.orderTree();
        }
    }

    private void note(String path) {
        desktop.write(path, text());
    }

    private String newNote() {
        return VaultPaths.join(anyFolder(), name() + ".md");
    }

    private void binary() {
        boolean image = random.nextBoolean();
        byte[] content = new byte[200 + random.nextInt(6_000)];
        random.nextBytes(content);
        byte[] head = image ? new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'} : ascii("%PDF-1.7\n");
        System.arraycopy(head, 0, content, 0, head.length);
        // No text begins so: it is a continuation byte.
        content[head.length] = (byte) 0xbf;
        String suffix = image ? ".png" : ".pdf";
        String fresh = VaultPaths.join(anyFolder(), name() + suffix);
        desktop.write(random.nextInt(4) == 0 ? oneOf(path -> path.endsWith(suffix), fresh) : fresh, content);
    }

    private void delete() {
        String path = oneOf(file -> true, "");
        if (!path.isEmpty()) {
            desktop.delete(path);
            deleted.add(path);
            if (deleted.size() > MOST_DELETED_KNOWN) {
                deleted.remove(0);
            }
        }
    }

    /** Makes a file again that was deleted, unless its folder is gone. */
    private void again() {
        NavigableMap<String, PlainEntry> entries = desktop.entries();
        deleted.stream()
                .filter(path -> !entries.containsKey(path) && isFolder(entries, VaultPaths.parent(path)))
                .findFirst()
                .ifPresent(path -> {
                    note(path);
                    deleted.remove(path);
                });
    }

    private void move(boolean older) {
        String from = oneOf(file -> true, "");
        String to = VaultPaths.join(anyFolder(), name() + ".md");
        if (!from.isEmpty() && older) {
            desktop.moveAsOlderDesktops(from, to);
        } else if (!from.isEmpty()) {
            desktop.move(from, to);
        }
    }

    private void moveFolder() {
        List<String> movable = folders(desktop.entries());
        if (movable.isEmpty()) {
            return;
        }
        String from = one(movable);
        String above = random.nextBoolean() ? VaultPaths.parent(from) : anyFolder();
        String to = VaultPaths.join(above, name());
        if (!VaultPaths.isWithin(to, from)) {
            desktop.moveFolder(from, to);
        }
    }

    /** Small folders that are neither Deals nor somebody's own. */
    private List<String> folders(NavigableMap<String, PlainEntry> entries) {
        return entries.keySet().stream()
                .filter(path -> isFolder(entries, path) && !isFixed(path))
                .filter(path -> entries.subMap(path + "/", path + "0").size() <= LARGE_FOLDER)
                .toList();
    }

    private boolean isFixed(String path) {
        return path.startsWith("Inbox ") || desktop.deals().containsValue(path);
    }

    private void deal() {
        Map<String, String> deals = desktop.deals();
        Map<String, String> trashed = desktop.trashed();
        int step = random.nextInt(4);
        if (step == 0 && !deals.isEmpty()) {
            desktop.renameDeal(byPath(deals), "Deal " + name());
        } else if (step == 1 && deals.size() > 2) {
            desktop.trashDeal(byPath(deals));
        } else if (step == 2 && !trashed.isEmpty()) {
            String id = byPath(trashed);
            String before = trashed.get(id);
            if (desktop.entries().containsKey(before)) {
                desktop.restoreDeal(id, "Deal " + name());
            } else {
                desktop.restoreDeal(id);
            }
        } else if (deals.size() < MOST_DEALS) {
            desktop.createDeal("Deal " + name());
        }
    }

    /** Ids are not the same in each run, paths are. */
    private String byPath(Map<String, String> deals) {
        String path = one(deals.values().stream().sorted().toList());
        return deals.entrySet().stream()
                .filter(deal -> deal.getValue().equals(path))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /** Two names that look the same: in NFC and in NFD. */
    private void twins() {
        String folder = anyFolder();
        String number = name();
        note(VaultPaths.join(folder, number + " caf\u00e9.md"));
        note(VaultPaths.join(folder, number + " cafe\u0301.md"));
    }

    /** In the own folder, which is never moved: a longer path would not be one any more. */
    private void longPath() {
        StringBuilder path = new StringBuilder(inbox);
        for (int i = 0; i < 9; i++) {
            path.append('/').append("д".repeat(100)).append(i % 3);
        }
        note(path + "/" + name() + "x".repeat(200) + ".md");
    }

    private String anyFolder() {
        NavigableMap<String, PlainEntry> entries = desktop.entries();
        List<String> some = entries.keySet().stream()
                .filter(path -> isFolder(entries, path) && isOpen(path))
                .filter(path -> path.chars().filter(c -> c == '/').count() < 5)
                .toList();
        return some.isEmpty() || random.nextInt(12) == 0 ? "" : one(some);
    }

    private String oneOf(Predicate<String> kind, String otherwise) {
        List<String> some = desktop.files().keySet().stream()
                .filter(path -> isOpen(path) && kind.test(path))
                .toList();
        return some.isEmpty() ? otherwise : one(some);
    }

    /** Nobody works in the folders of the others. */
    private boolean isOpen(String path) {
        return !path.startsWith("Inbox ") || VaultPaths.isWithin(path, inbox);
    }

    private boolean isNote(String path) {
        return path.endsWith(".md");
    }

    private static boolean isFolder(NavigableMap<String, PlainEntry> entries, String path) {
        PlainEntry entry = entries.get(path);
        return path.isEmpty() || (entry != null && !entry.isFile());
    }

    /** A name that no file has had. */
    private String name() {
        names++;
        return "%s %s-%s".formatted(one(WORDS), inbox.substring(inbox.length() - 1), names);
    }

    private String text() {
        StringBuilder text = new StringBuilder("# ").append(one(WORDS)).append("\n\n");
        for (int i = random.nextInt(60); i >= 0; i--) {
            text.append(one(WORDS)).append(i % 9 == 0 ? "\n\n- " : " ");
        }
        return text.append(random.nextInt()).append('\n').toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private <T> T one(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
