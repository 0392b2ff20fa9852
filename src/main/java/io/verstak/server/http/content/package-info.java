/** Answers with the bytes of a file: ranges, conditions, and how a browser names it. */
@NullMarked
package io.verstak.server.http.content;

import org.jspecify.annotations.NullMarked;
