/** Pages of the files of a vault. */
@NullMarked
package io.verstak.server.http.web.files;

import org.jspecify.annotations.NullMarked;
