package io.verstak.server.blob;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import java.util.Optional;

/**
 * An upload that a device wants to bring in parts.
 *
 * @param length of the whole, in bytes
 * @param metadata kept as it is and told with every status
 * @param announced the digest that the whole must have, if the client has named one
 */
public record NewUpload(DeviceIdentity device, long length, String metadata, Optional<Sha256> announced) {}
