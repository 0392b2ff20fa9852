package io.verstak.server.http.api;

import io.verstak.server.admin.Administration;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.DeviceQuery.Position;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/** All devices and the hints of their tokens. Long lists are sent in slices, as fast as the client reads them. */
public final class AdminDevicesApi {
    private static final int SLICE = 1000;

    private final Administration administration;
    private final Inventory inventory;

    record DeviceAnswer(
            String id,
            String name,
            String clientVersion,
            String lastSeen,
            String revokedAt,
            String createdAt,
            String user) {}

    record KeyAnswer(String id, String name, String tokenHint) {}

    record Status(String status) {}

    public AdminDevicesApi(Administration administration, Inventory inventory) {
        this.administration = administration;
        this.inventory = inventory;
    }

    public Future<Void> devices(Request call, SessionIdentity administrator) {
        return send(call.context(), false, AdminDevicesApi::device);
    }

    /** A device that is revoked has no key any more. */
    public Future<Void> keys(Request call, SessionIdentity administrator) {
        return send(call.context(), true, AdminDevicesApi::key);
    }

    public Future<?> revoke(Request call, SessionIdentity administrator) {
        return administration
                .revokeDevice(call.actor(administrator), call.pathParameter("id"))
                .map(new Status("deleted"));
    }

    private Future<Void> send(RoutingContext context, boolean onlyWorking, Function<DeviceSummary, Object> form) {
        return inventory.devices(Position.FIRST, onlyWorking, SLICE).compose(rows -> {
            HttpServerResponse response = context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
            if (rows.size() < SLICE) {
                Gzip.end(
                        context,
                        Buffer.buffer("[").appendBuffer(items(rows, form)).appendString("]"));
                return Future.succeededFuture();
            }
            response.setChunked(true);
            return response.write(Buffer.buffer("[").appendBuffer(items(rows, form)))
                    .compose(written -> sendAfter(response, onlyWorking, form, rows));
        });
    }

    private Future<Void> sendAfter(
            HttpServerResponse response,
            boolean onlyWorking,
            Function<DeviceSummary, Object> form,
            List<DeviceSummary> sent) {
        DeviceSummary last = sent.get(sent.size() - 1);
        return inventory
                .devices(new Position(last.createdAt(), last.id()), onlyWorking, SLICE)
                .compose(rows -> {
                    Buffer slice = rows.isEmpty()
                            ? Buffer.buffer()
                            : Buffer.buffer(",").appendBuffer(items(rows, form));
                    return rows.size() < SLICE
                            ? response.end(slice.appendString("]"))
                            : response.write(slice).compose(written -> sendAfter(response, onlyWorking, form, rows));
                });
    }

    private static Buffer items(List<DeviceSummary> rows, Function<DeviceSummary, Object> form) {
        Buffer items = Buffer.buffer();
        for (DeviceSummary row : rows) {
            if (items.length() > 0) {
                items.appendString(",");
            }
            items.appendBuffer(Json.write(form.apply(row)));
        }
        return items;
    }

    private static DeviceAnswer device(DeviceSummary device) {
        return new DeviceAnswer(
                device.id(),
                device.name(),
                device.clientVersion(),
                Times.textOrEmpty(device.lastSeen()),
                Times.textOrEmpty(device.revokedAt()),
                Times.text(device.createdAt()),
                device.username());
    }

    private static KeyAnswer key(DeviceSummary device) {
        return new KeyAnswer(device.id(), device.name(), device.token().toString());
    }
}
