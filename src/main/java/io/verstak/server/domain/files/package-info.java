/** The files of a vault as its ops describe them. */
@NullMarked
package io.verstak.server.domain.files;

import org.jspecify.annotations.NullMarked;
