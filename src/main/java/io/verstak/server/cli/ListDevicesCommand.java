package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.DeviceStore.Device;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists what a user has paired. */
@Command(
        name = "list-devices",
        mixinStandardHelpOptions = true,
        description = "List the devices of a user, revoked ones too, the latest first.")
final class ListDevicesCommand extends AccountCommand<List<Device>> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Username or e-mail address.")
    private String name = "";

    @Override
    Future<List<Device>> work(AccountServices accounts) {
        return accounts.administration()
                .find(name)
                .compose(user -> accounts.userEdits().devices(user.id()));
    }

    @Override
    String text(List<Device> devices, ServerConfig config) {
        List<List<String>> rows = devices.stream()
                .map(device -> List.of(
                        device.id(),
                        device.name().replaceAll("\\p{Cntrl}", "?"),
                        device.lastSeen() == null ? "never" : time(device.lastSeen()),
                        device.revokedAt() == null ? "active" : "revoked"))
                .toList();
        return table(rows, name + " has no devices", "ID", "NAME", "LAST SEEN", "STATE");
    }

    @Override
    Object json(List<Device> devices, ServerConfig config) {
        return devices.stream().map(ListDevicesCommand::json).toList();
    }

    private static Map<String, Object> json(Device device) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", device.id());
        json.put("name", device.name());
        json.put("client_version", device.clientVersion());
        json.put("last_seen", time(device.lastSeen()));
        json.put("revoked", device.revokedAt() != null);
        json.put("created_at", time(device.createdAt()));
        return json;
    }
}
