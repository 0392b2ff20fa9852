/** The listener, the route table, and how a failure becomes an answer. */
@NullMarked
package io.verstak.server.http;

import org.jspecify.annotations.NullMarked;
