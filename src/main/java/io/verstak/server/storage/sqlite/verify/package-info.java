/** Checks a SQLite database for damage: pages, logs, indexes, references. */
@NullMarked
package io.verstak.server.storage.sqlite.verify;

import org.jspecify.annotations.NullMarked;
