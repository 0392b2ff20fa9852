package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.torture.Client;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** An administrator who blocks a user and lets them in again, through nginx: every node must do so from the next request on. */
final class Blocker extends Client {
    private final PackagedCluster cluster;
    private final Device blocked;
    private final String userId;
    private @Nullable AdminScript administrator;
    private boolean signedIn;
    private boolean block = true;
    private int round;

    Blocker(PackagedCluster cluster) {
        this.cluster = cluster;
        try (Desktop desktop = Desktop.pair(cluster::port, PackagedCluster.BLOCKED, Scope.PASSWORD, "bobs")) {
            blocked = new Device(cluster::port, desktop.id(), desktop.token());
        }
        userId = cluster.postgres()
                .rows("SELECT id FROM users WHERE username = '" + PackagedCluster.BLOCKED + "'")
                .get(0);
    }

    /** Blocks in one step and lets in in the next; a step that failed is repeated. */
    @Override
    protected void step() {
        if (!said()) {
            return;
        }
        round++;
        for (int port : cluster.ports()) {
            Answer answer = Revoker.ask(port, Revoker.request(round / 2, blocked.token()));
            if (answer != null && answer.status() != (block ? 403 : 200)) {
                throw new AssertionError("blocked: %s, and a node answered %s".formatted(block, answer));
            }
            done(answer == null ? 0 : 1);
        }
        block = !block;
    }

    private boolean said() {
        AdminScript script = administrator;
        try {
            if (script == null) {
                script = cluster.administrator();
                administrator = script;
            }
            Answer answer = script.post("users/" + userId + "/block", "{\"blocked\":" + block + "}");
            if (answer.status() == 200) {
                signedIn = true;
                return true;
            }
            if (answer.status() == 401 && !signedIn) {
                administrator = null; // It broke while it signed in.
            } else if (answer.status() < 500) {
                throw new AssertionError("an administrator was refused: " + answer);
            }
            return false;
        } catch (UncheckedIOException broken) {
            return false;
        } catch (AssertionError failure) {
            if (signedIn) {
                throw failure;
            }
            administrator = null; // There was no page to sign in at.
            return false;
        }
    }

    @Override
    protected Device device() {
        return blocked;
    }

    @Override
    protected void end() {
        blocked.close();
    }
}
