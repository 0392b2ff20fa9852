/** Brings files of a vault back by ops that surely apply, and adds new ones. */
@NullMarked
package io.verstak.server.files.restore;

import org.jspecify.annotations.NullMarked;
