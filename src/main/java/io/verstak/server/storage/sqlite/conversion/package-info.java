/** Converts the op log of schema 19, where each op is a row, to chunks. */
@NullMarked
package io.verstak.server.storage.sqlite.conversion;

import org.jspecify.annotations.NullMarked;
