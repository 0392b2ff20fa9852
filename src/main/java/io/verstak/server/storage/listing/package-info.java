/** Pages of users, devices, vaults and audit entries for the administration, with search, order and counts. */
@NullMarked
package io.verstak.server.storage.listing;

import org.jspecify.annotations.NullMarked;
