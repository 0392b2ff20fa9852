/** What both ends of a move between databases have in common: tables as their catalogues name them, digests of rows, the mark. */
@NullMarked
package io.verstak.server.storage.move;

import org.jspecify.annotations.NullMarked;
