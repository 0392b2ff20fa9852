/** Pages for people. */
@NullMarked
package io.verstak.server.http.web;

import org.jspecify.annotations.NullMarked;
