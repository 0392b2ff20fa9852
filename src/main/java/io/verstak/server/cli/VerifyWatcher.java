package io.verstak.server.cli;

import io.verstak.server.backup.Verification.Damage;
import io.verstak.server.backup.Verification.Watcher;
import java.util.function.Consumer;

/** Shows how a verification goes: a bar for the eye, a line for each damage. */
record VerifyWatcher(ProgressBar bar, Consumer<Damage> damages) implements Watcher {
    @Override
    public void part(String name, long steps) {
        bar.part(name, steps);
    }

    @Override
    public void advance(long steps) {
        bar.advance(steps);
    }

    @Override
    public void damage(Damage damage) {
        bar.clear();
        damages.accept(damage);
    }
}
