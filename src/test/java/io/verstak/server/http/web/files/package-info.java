/** Tests of the pages of files. */
@NullMarked
package io.verstak.server.http.web.files;

import org.jspecify.annotations.NullMarked;
