package io.verstak.server.cli;

import picocli.CommandLine.Command;

/** Shuts a user out. */
@Command(name = "block", mixinStandardHelpOptions = true, description = "Block a user and all of their devices.")
final class BlockCommand extends AccessCommand {
    BlockCommand() {
        super(true);
    }
}
