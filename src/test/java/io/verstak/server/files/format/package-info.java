/** Tests of what is read in the ops of desktops. */
@NullMarked
package io.verstak.server.files.format;

import org.jspecify.annotations.NullMarked;
