package io.verstak.server.testkit.desktop;

import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A year of a team whose members sync one vault, each from a desktop: notes, images and documents, Deals, renames, trash and restore,
 * deletes and files made again, names that look alike, long paths, and records of plugins in between. On most days one member works;
 * on some days two do, the second in a folder of one's own, and push one after the other. So nothing conflicts, and at the end
 * all have the same folder. The seed decides everything but the ids.
 */
public final class TeamYear implements AutoCloseable {
    /** The one of all property tests. */
    public static final long SEED = 20261130;

    private static final int TEAM = 5;
    private static final Instant BEGIN = Instant.parse("2025-11-30T08:00:00Z");
    private static final int TWO_AT_ONCE = 5;

    private final List<TeamMember> members = new ArrayList<>();
    private final Random random;

    private TeamYear(Random random) {
        this.random = random;
    }

    /** Pairs the desktops of the team, all of one user. */
    public static TeamYear of(TestServer server, String user, String vault) {
        Random random = new Random(SEED);
        TeamYear team = new TeamYear(random);
        for (int i = 0; i < TEAM; i++) {
            StrictDesktop desktop = StrictDesktop.pair(server, user, vault);
            team.members.add(new TeamMember(desktop, random, "Inbox " + (i + 1)));
        }
        return team;
    }

    /**
     * Works through the year, and syncs all desktops at its end.
     *
     * @param days on which somebody works
     * @param changesADay of one member; each is an op or some
     */
    public TeamYear work(int days, int changesADay) {
        Duration day = Duration.ofDays(365).dividedBy(days);
        for (int i = 0; i < days; i++) {
            Instant morning = BEGIN.plus(day.multipliedBy(i));
            TeamMember first = members.get(random.nextInt(TEAM));
            TeamMember second = members.get(random.nextInt(TEAM));
            boolean both = first != second && random.nextInt(TWO_AT_ONCE) == 0;
            first.begin();
            if (both) {
                second.begin();
                second.workAlone(morning, changesADay / 2);
            }
            first.work(morning, changesADay);
            first.end();
            if (both) {
                second.end();
            }
        }
        members.forEach(TeamMember::begin);
        return this;
    }

    /** The desktops, in the order in which they were paired. */
    public List<StrictDesktop> desktops() {
        return members.stream().map(TeamMember::desktop).toList();
    }

    /** One of the desktops: each knows what the folder was after any op. */
    public StrictDesktop oracle() {
        return members.get(0).desktop();
    }

    @Override
    public void close() {
        desktops().forEach(StrictDesktop::close);
    }
}
