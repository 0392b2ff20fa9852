package io.verstak.server.importer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.domain.Sha256;
import io.verstak.server.importer.DevicesImport.Owner;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader;
import io.verstak.server.storage.sqlite.bulk.LogBulkLoader;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Imports the op logs in the order of their sequences, which are kept. */
final class OpsImport {
    private static final JsonMapper JSON = new JsonMapper();

    /** The header of an op, with each character escaped, must fit into this. */
    private static final int MAX_NAMES = 5000;

    private static final int MAX_BEHIND = 10_000;

    /** No server has counted so far; above it a number is not exact in every JSON reader, and the log could not go on. */
    private static final long MAX_SEQUENCE = 1L << 53;

    private final GoDatabase source;
    private final AccountBulkLoader accounts;
    private final LogBulkLoader log;
    private final DevicesImport devices;
    private final BlobsImport blobs;
    private final ImportReport report;
    private final boolean write;
    private final long now;
    private final OpCodec form = new OpCodec();
    private final Map<String, Long> cursors = new HashMap<>();
    private final Map<Long, Long> heads = new HashMap<>();
    private final List<Behind> behind = new ArrayList<>();

    /** An op whose sequence is invalid. */
    private record Behind(long scope, String deviceId, EncodedOp op, long pushedAt) {}

    /** @param write false for a dry run */
    OpsImport(
            GoDatabase source,
            AccountBulkLoader accounts,
            LogBulkLoader log,
            DevicesImport devices,
            BlobsImport blobs,
            ImportReport report,
            boolean write,
            long now) {
        this.source = source;
        this.accounts = accounts;
        this.log = log;
        this.devices = devices;
        this.blobs = blobs;
        this.report = report;
        this.write = write;
        this.now = now;
    }

    void run(ImportProgress progress) {
        boolean derive =
                !source.has("server_blob_refs") || (source.schema() == 0 && source.count("server_blob_refs") == 0);
        source.eachOp(row -> {
            report.found(ImportedEntity.OPERATIONS);
            op(row, derive);
            progress.advance(1);
        });
        for (Behind late : behind) {
            long sequence = heads.getOrDefault(late.scope(), 0L) + 1;
            append(late.scope(), sequence, late.deviceId(), late.op(), late.pushedAt());
        }
        if (write) {
            cursors.forEach((device, cursor) -> accounts.cursor(device, Math.max(0, cursor)));
        }
    }

    private void op(GoRow row, boolean derive) throws SQLException {
        String opId = row.text("op_id");
        String deviceId = row.text("device_id");
        Owner owner = owner(row, deviceId);
        if (owner == null) {
            report.lose(ImportedEntity.OPERATIONS, "the device is unknown, and with it the owner", opId);
            return;
        }
        if (!devices.hasUser(owner)) {
            report.leave(ImportedEntity.OPERATIONS, DevicesImport.NO_USER, opId);
            return;
        }
        OpCodec.Fields fields = new OpCodec.Fields(
                opId,
                row.text("entity_type"),
                row.text("entity_id"),
                row.text("op_type"),
                row.text("payload_json"),
                row.text("created_at"));
        if (deviceId.length() + length(fields) > MAX_NAMES) {
            report.lose(ImportedEntity.OPERATIONS, "the ids are too long", opId);
            return;
        }
        long pushedAt = row.time("pushed_at", row.time("created_at", now));
        long scope = accounts.scope(owner.userId(), owner.vaultId(), pushedAt);
        if (derive && fields.entityType().equals("file")) {
            refer(scope, fields, pushedAt);
        }
        cursors.merge(deviceId, Math.min(MAX_SEQUENCE, row.number("last_seen_server_seq")), Math::max);
        EncodedOp op = form.form(deviceId, fields, 0, null, null);
        long sequence = row.number("server_sequence");
        if (sequence > heads.getOrDefault(scope, 0L) && sequence <= MAX_SEQUENCE) {
            append(scope, sequence, deviceId, op, pushedAt);
        } else {
            putBehind(new Behind(scope, deviceId, op, pushedAt), sequence);
        }
    }

    private static int length(OpCodec.Fields op) {
        return op.opId().length()
                + op.entityType().length()
                + op.entityId().length()
                + op.opType().length();
    }

    private @Nullable Owner owner(GoRow row, String deviceId) throws SQLException {
        Owner ofDevice = devices.owner(deviceId);
        String userId = row.text("user_id");
        if (userId.isBlank()) {
            return ofDevice;
        }
        boolean sameUser = ofDevice != null && ofDevice.userId().equals(userId);
        return row.text("vault_id").isBlank() && sameUser
                ? ofDevice
                : DevicesImport.owner(userId, row.text("vault_id"));
    }

    private void append(long scope, long sequence, String deviceId, EncodedOp op, long pushedAt) {
        if (write) {
            log.append(scope, sequence, deviceId, op, pushedAt);
        }
        heads.put(scope, sequence);
        report.imported(ImportedEntity.OPERATIONS);
    }

    /** Two ops cannot share a sequence. The later one is placed after all others, which no device has passed. */
    private void putBehind(Behind op, long sequence) {
        if (behind.size() >= MAX_BEHIND) {
            throw new ImportException(
                    "server_ops: more than %s operations have no sequence of their own".formatted(MAX_BEHIND));
        }
        behind.add(op);
        report.note("operation %s: its sequence %s cannot be kept; it gets a new one above all others of its vault"
                .formatted(op.op().opId(), sequence));
    }

    /** Versions without references let a device read what its operations refer to. */
    private void refer(long scope, OpCodec.Fields op, long createdAt) {
        JsonNode blob;
        try {
            blob = JSON.readTree(op.payloadJson()).path("blob");
        } catch (JsonProcessingException notJson) {
            return;
        }
        Sha256.parse(blob.path("sha256").asText()).ifPresent(sha256 -> {
            if (!blobs.isKnown(sha256)) {
                report.found(ImportedEntity.BLOB_REFERENCES);
                report.lose(ImportedEntity.BLOB_REFERENCES, "there is no such blob", sha256.hex());
            } else if (blobs.refer(scope, sha256, blob.path("size").asLong(0), createdAt)) {
                report.found(ImportedEntity.BLOB_REFERENCES);
            }
        });
    }
}
