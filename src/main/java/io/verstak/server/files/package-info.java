/** An index of the files of each vault, made from its log by a follower, and what is read through it. */
@NullMarked
package io.verstak.server.files;

import org.jspecify.annotations.NullMarked;
