package io.verstak.server.cli;

import picocli.CommandLine.Command;

/** Lets a blocked user in again. */
@Command(name = "unblock", mixinStandardHelpOptions = true, description = "Lets a blocked user in again.")
final class UnblockCommand extends AccessCommand {
    UnblockCommand() {
        super(false);
    }
}
