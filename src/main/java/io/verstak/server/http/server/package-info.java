/** The listener, the route table, who may call a route, and how a failure becomes an answer. */
@NullMarked
package io.verstak.server.http.server;

import org.jspecify.annotations.NullMarked;
