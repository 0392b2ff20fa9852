/** The index of vaults' files in SQL, for both engines. It can be made again of the logs. */
@NullMarked
package io.verstak.server.storage.files;

import org.jspecify.annotations.NullMarked;
