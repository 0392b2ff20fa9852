/** Queries and rows of lists. Times are milliseconds since the epoch. */
@NullMarked
package io.verstak.server.domain.listing;

import org.jspecify.annotations.NullMarked;
