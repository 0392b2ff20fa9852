package io.verstak.server.cli;

import picocli.CommandLine.Command;

/** Lets a blocked user in again. */
@Command(name = "unblock", mixinStandardHelpOptions = true, description = "Unblock a user and their devices.")
final class UnblockCommand extends AccessCommand {
    UnblockCommand() {
        super(false);
    }
}
