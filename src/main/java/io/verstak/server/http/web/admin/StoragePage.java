package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.maintenance.Maintenance;
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
    private final Maintenance maintenance;

    /** The content of the page. */
    public record View(Snapshot now, List<VaultSummary> largest) {}

    public StoragePage(Statistics statistics, Inventory inventory, Maintenance maintenance) {
        this.statistics = statistics;
        this.inventory = inventory;
        this.maintenance = maintenance;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return statistics
                .now()
                .compose(now -> inventory
                        .largestVaults(LARGEST)
                        .otherwise(List.of())
                        .map(largest -> Reply.page("admin/storage", new View(now, largest))));
    }

    /** Runs the scheduled clean-up now, or joins the running one. It deletes nothing that is still in use. */
    public Future<Reply> cleanUp(Request call, SessionIdentity administrator, FormFields fields) {
        return maintenance
                .cleanup()
                .run()
                .map(done -> Reply.to("/admin/storage").flash("cleaned-up"));
    }
}
