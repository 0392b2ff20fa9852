/** The database as everybody else sees it, the data directory and its files, and what all repositories share. */
@NullMarked
package io.verstak.server.storage;

import org.jspecify.annotations.NullMarked;
