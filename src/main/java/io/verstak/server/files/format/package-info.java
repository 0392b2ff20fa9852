/** What desktops put into ops, as changes of a tree of files. Pure: no Vert.x, no SQL. */
@NullMarked
package io.verstak.server.files.format;

import org.jspecify.annotations.NullMarked;
