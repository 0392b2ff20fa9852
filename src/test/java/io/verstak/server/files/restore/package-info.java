/** Tests of what brings files back. */
@NullMarked
package io.verstak.server.files.restore;

import org.jspecify.annotations.NullMarked;
