/** Brings files of a vault back by ops that every desktop can apply, and adds new files. */
@NullMarked
package io.verstak.server.files.restore;

import org.jspecify.annotations.NullMarked;
