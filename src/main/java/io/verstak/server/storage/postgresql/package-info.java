/** The engine of several nodes: a PostgreSQL that all of them use. */
@NullMarked
package io.verstak.server.storage.postgresql;

import org.jspecify.annotations.NullMarked;
