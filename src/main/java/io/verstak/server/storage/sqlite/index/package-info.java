/** Finds ops by their keys: the latest ones of a scope in memory, older ones in sorted runs on disk. */
@NullMarked
package io.verstak.server.storage.sqlite.index;

import org.jspecify.annotations.NullMarked;
