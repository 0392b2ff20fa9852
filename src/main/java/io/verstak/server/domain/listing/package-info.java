/** What lists are asked for, and what stands in them. Times are milliseconds since the epoch. */
@NullMarked
package io.verstak.server.domain.listing;

import org.jspecify.annotations.NullMarked;
