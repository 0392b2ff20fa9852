/** SQLite as the engine: connections, the op log, migrations, checkpoints, copies, the check at start-up. */
@NullMarked
package io.verstak.server.storage.sqlite;

import org.jspecify.annotations.NullMarked;
