package io.verstak.server.cli;

import io.verstak.server.domain.BuildInfo;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        BuildInfo build = BuildInfo.load();
        return new String[] {"verstak-server %s (%s)".formatted(build.version(), build.commit())};
    }
}
