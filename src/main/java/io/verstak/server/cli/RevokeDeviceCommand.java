package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.Actor;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shuts one device out. */
@Command(
        name = "revoke-device",
        mixinStandardHelpOptions = true,
        description = "Revoke a device for good; it must be paired again. The ids are those of list-devices.")
final class RevokeDeviceCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "ID", description = "Id of the device, such as dev_1a2b3c.")
    private String id = "";

    @Override
    Future<Void> work(AccountServices accounts) {
        return accounts.userEdits().revokeDevice(Actor.COMMAND_LINE, id.strip());
    }

    @Override
    String text(Void done, ServerConfig config) {
        return "revoked " + id.strip();
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return ReportOutput.done("device_id", id.strip());
    }
}
