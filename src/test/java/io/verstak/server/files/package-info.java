/** Tests of the index of vaults' files. */
@NullMarked
package io.verstak.server.files;

import org.jspecify.annotations.NullMarked;
