/** Queries for statistics, charts and metrics, on the Vert.x SQL API. */
@NullMarked
package io.verstak.server.storage.stats;

import org.jspecify.annotations.NullMarked;
