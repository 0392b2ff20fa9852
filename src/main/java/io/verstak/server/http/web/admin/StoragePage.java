package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.Engines;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.metrics.Statistics.Snapshot;
import io.vertx.core.Future;
import java.util.List;

/** The use of the disk, and what frees some of it. */
public final class StoragePage {
    private static final int LARGEST = 10;

    private final Statistics statistics;
    private final Inventory inventory;
    private final Engines engines;
    private final Maintenance maintenance;

    /**
     * The content of the page.
     *
     * @param ownBackups whether the database is on this disk, and backed up by this server
     * @param ownFiles whether the files are on this disk
     */
    public record View(Snapshot now, List<VaultSummary> largest, boolean ownBackups, boolean ownFiles) {}

    public StoragePage(Statistics statistics, Inventory inventory, Engines engines, Maintenance maintenance) {
        this.statistics = statistics;
        this.inventory = inventory;
        this.engines = engines;
        this.maintenance = maintenance;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        Future<Snapshot> now = statistics.now();
        Future<List<VaultSummary>> largest = inventory.largestVaults(LARGEST).otherwise(List.of());
        Future<Engines.View> serving = engines.look();
        return Future.all(now, largest, serving)
                .map(all -> Reply.page(
                        "admin/storage",
                        new View(
                                now.result(),
                                largest.result(),
                                serving.result().ownBackups(),
                                serving.result().bucket().isEmpty())));
    }

    /** Runs the scheduled clean-up now, or joins the running one. It deletes nothing that is still in use. */
    public Future<Reply> cleanUp(Request call, SessionIdentity administrator, FormFields fields) {
        return maintenance
                .cleanup()
                .run()
                .map(done -> Reply.to("/admin/storage").flash("cleaned-up"));
    }
}
