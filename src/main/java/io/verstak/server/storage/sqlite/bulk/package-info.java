/** Fills a new SQLite database before a server opens it, for an import. */
@NullMarked
package io.verstak.server.storage.sqlite.bulk;

import org.jspecify.annotations.NullMarked;
