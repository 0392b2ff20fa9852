/** The files of a vault, written into a folder by a command. */
@NullMarked
package io.verstak.server.files.export;

import org.jspecify.annotations.NullMarked;
