package io.verstak.server.blob.resumable;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import java.util.Optional;

/**
 * A resumable upload that a device requests.
 *
 * @param length of the whole upload in bytes
 * @param metadata stored unchanged and returned with every status
 * @param announced the digest that the whole must have, if the client has named one
 */
public record NewUpload(DeviceIdentity device, long length, String metadata, Optional<Sha256> announced) {}
