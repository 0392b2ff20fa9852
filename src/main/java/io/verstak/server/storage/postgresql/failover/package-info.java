/** Fail-over: what tells that a PostgreSQL goes on from an earlier moment, and what becomes of the logs then. */
@NullMarked
package io.verstak.server.storage.postgresql.failover;

import org.jspecify.annotations.NullMarked;
