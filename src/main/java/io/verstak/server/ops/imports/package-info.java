/** From the data directory of the Go server {@code verstak-sync-server} to one of ours. The source is only ever read. */
@NullMarked
package io.verstak.server.ops.imports;

import org.jspecify.annotations.NullMarked;
