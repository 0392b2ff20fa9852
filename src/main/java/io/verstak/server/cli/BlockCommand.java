package io.verstak.server.cli;

import picocli.CommandLine.Command;

/** Shuts a user out. */
@Command(
        name = "block",
        mixinStandardHelpOptions = true,
        description = "Refuses a user and all their devices until unblock.")
final class BlockCommand extends AccessCommand {
    BlockCommand() {
        super(true);
    }
}
