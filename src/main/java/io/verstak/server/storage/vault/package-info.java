/** The deletion of vaults in SQL. */
@NullMarked
package io.verstak.server.storage.vault;

import org.jspecify.annotations.NullMarked;
