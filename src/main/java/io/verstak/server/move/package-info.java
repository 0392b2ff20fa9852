/** Moves the data of a server between the embedded database and a PostgreSQL. */
@NullMarked
package io.verstak.server.move;

import org.jspecify.annotations.NullMarked;
