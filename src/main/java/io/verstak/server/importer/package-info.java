/** Imports the data directory of the Go server {@code verstak-sync-server}. The source is never written. */
@NullMarked
package io.verstak.server.importer;

import org.jspecify.annotations.NullMarked;
